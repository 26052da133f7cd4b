/**
 * Holds list prices in US dollars, as known on 2026-11-29. Those of Upstash and of Vercel's invocations
 * were read in copies of their pages; those of Vercel's CPU and memory are of 2025 (region iad1). Look
 * them up before you count on them. What plans include for nothing is not subtracted.
 */
export const prices = {
  /** Vercel Functions, Pro: https://vercel.com/docs/functions/usage-and-pricing */
  perInvocation: 0.6 / 1e6,
  perCpuHour: 0.128,
  /** A gigabyte of memory for an hour in which a call is being answered. */
  perGigabyteHour: 0.0106,
  /** Upstash Redis, pay as you go: https://upstash.com/pricing/redis */
  perCommand: 0.2 / 1e5,
}

/** Is the memory of a function, in gigabytes (Vercel's default). */
export const functionGigabytes = 2
