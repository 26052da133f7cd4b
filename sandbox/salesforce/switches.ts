import * as z from 'zod'

const milliseconds = z.int().min(0)
const range = z
  .strictObject({ minimum: milliseconds, maximum: milliseconds })
  .refine(({ minimum, maximum }) => minimum <= maximum, { error: 'minimum is above maximum' })
const allowance = z.int().min(1).nullable()

/**
 * Switches for what differs between organisations, or changes over time; each can be set while the
 * sandbox runs.
 */
export const switchesSchema = z.strictObject({
  /**
   * Refuse unknown properties on create and `limit` above 50 (§7a), and keys without `x5c` (§1.7);
   * else ignore, clamp and believe. In the guide's dialect: refuse unknown properties everywhere, and
   * selections of what was not offered.
   */
  strict: z.boolean(),
  /** Stores a repeated `message.id` a second time instead of once (§7a: once, without a promise). */
  storesDuplicates: z.boolean(),
  /**
   * Decides if `startTimestamp` and `endTimestamp` include their own millisecond (§3.7: not
   * evidenced).
   */
  bounds: z.enum(['inclusive', 'exclusive']),
  /**
   * List every entry of a page twice; the page keeps its limit. In the guide's dialect the last three
   * messages up to the one named by `after` come again, too.
   */
  listRepeatsEntries: z.boolean(),
  /** List entries of one millisecond in another order each time. */
  listShufflesTies: z.boolean(),
  /** The guide's dialect: how many messages up to the one named by `after` are listed once more. */
  afterRepeats: z.int().min(0),
  /** The guide's dialect: the host that `context.url` names; null is the one that was asked. */
  contextUrl: z.string().min(1).nullable(),
  /** Delay until an entry is listed: fixed, or drawn for each entry. */
  visibilityLagMs: z.union([milliseconds, range]),
  /** Delay until the bot or agent joins and answers. */
  botDelayMs: milliseconds,
  /** Salesforce's clock minus ours. */
  clockSkewMs: z.int(),
  guestTokenLifeSeconds: z.int().min(1),
  /** The channel's "Authorization Token Expiration Time for Verified Users" (§1.6). */
  verifiedTokenLifeSeconds: z.int().min(1),
  /**
   * Answer to an identity token that proves nothing: a guest's token with 200, or 400/401 (§1.5).
   */
  verifiedFailure: z.enum(['guest', 'error']),
  /** Lists show that the visitor closed the conversation; streams always do. */
  listsCloseConversation: z.boolean(),
  /** Types of files that sendFile refuses with 415; the real list is not evidenced. */
  refusedFileTypes: z.array(z.string()),
  /** When agents are there (§2.18), epoch milliseconds; null is always. */
  businessHours: z.array(z.strictObject({ startTime: z.int(), endTime: z.int() })).nullable(),
  /** Interval of a stream's pings; not evidenced. */
  pingEveryMs: z.int().min(1),
  /** §6; null switches a limit off. */
  limits: z.strictObject({
    messagesPerMinute: allowance,
    conversationsPer30Seconds: allowance,
    tokensPerMinute: allowance,
  }),
})

/** A change of some switches, as `PATCH /__sandbox/switches` takes it. */
export const switchesPatchSchema = switchesSchema
  .extend({ limits: switchesSchema.shape.limits.partial() })
  .partial()

/** Every switch and where it stands. */
export type Switches = z.infer<typeof switchesSchema>
/** Some switches, to be set. */
export type SwitchesPatch = z.input<typeof switchesPatchSchema>

/** The defaults of `enhanced-chat-api.md` §6 and §7a. */
export function defaultSwitches(): Switches {
  return {
    strict: true,
    storesDuplicates: false,
    bounds: 'inclusive',
    listRepeatsEntries: false,
    listShufflesTies: false,
    afterRepeats: 1,
    contextUrl: null,
    visibilityLagMs: { minimum: 20, maximum: 500 },
    botDelayMs: 600,
    clockSkewMs: 0,
    guestTokenLifeSeconds: 6 * 60 * 60,
    verifiedTokenLifeSeconds: 60 * 60,
    verifiedFailure: 'guest',
    listsCloseConversation: true,
    refusedFileTypes: ['application/x-msdownload', 'text/html', 'text/javascript', 'image/svg+xml'],
    businessHours: null,
    pingEveryMs: 15_000,
    limits: { messagesPerMinute: 22, conversationsPer30Seconds: 3, tokensPerMinute: 200 },
  }
}

/** For tests that do not wait: everything is answered and listed in the millisecond it happens. */
export const instant = { botDelayMs: 0, visibilityLagMs: 0 } satisfies SwitchesPatch

/** Changes the named switches in place and leaves the others alone. */
export function patchSwitches(switches: Switches, patch: SwitchesPatch): void {
  const { limits, ...rest } = switchesPatchSchema.parse(patch)
  Object.assign(switches, rest)
  Object.assign(switches.limits, limits)
}
