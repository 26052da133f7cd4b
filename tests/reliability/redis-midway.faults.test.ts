/** Fails the store in the middle of a call: no effect is half done, and the repeated call succeeds. */
import { beforeEach, describe, expect, it } from 'vitest'
import { dialects } from '../dialects/dialects.js'
import { setupGateway } from '../support/gateway.js'
import { noSalesforceLimits } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { attachments } from '../support/uploads.js'
import { loginEnv } from '../support/verified.js'
import { commonCalls, furtherCalls, limits, type PreparedCall } from './calls.js'
import { createMidCallFaults, type MidCallFault } from './mid-call-faults.js'

/** Is the number of concurrent cases, which spend most of their time waiting. */
const groupSize = 20
/** Bounds a call's waits for the store in milliseconds: one timeout, and 100 ms for each of two undos. */
const promptMs = 1200
/** Counts the milliseconds in which the effect of an attempt may still show. */
const settleMs = 1000
/**
 * Bounds the waits of a repeat in milliseconds. While Redis is doubted, a first attempt that could not
 * look for an earlier one stays unclear, and its repeat looks until an effect would show.
 */
const repeatMs = 3 * settleMs

type Range = readonly [from: number, to: number]
type FaultPlan = {
  what: MidCallFault
  range: Range
  /** Says when late work arrives. */
  arrives?: 'before the repeat' | 'after the repeat'
}
type Case = { name: string; prepare: () => Promise<PreparedCall>; nth: number }

/** Is the case of a message id that could not be stored, which tests/api/poll-echoes covers. */
const namelessEcho = 'a text, request 3'

/**
 * Lists the accepted effects of late work: a typing indicator that Salesforce does not receive, which
 * agents' clients drop after 5 s anyway; and, where a start cannot be repeated, a start that is recorded
 * although it did not happen.
 */
const tolerated = {
  settling: /^an? (end of )?typing, request 2: again/,
  blind: /^a start.*: again: .*(conversation_lost|but got 2)/,
}

const once = (nth: number): Range => [nth, nth]
const onwards = (nth: number): Range => [nth, Number.POSITIVE_INFINITY]

describe.each(dialects)(
  'in the dialect $name',
  ({ salesforce, env, hasExtendedFeatures, resolvesUnclearSends }) => {
    const gateway = setupGateway({
      salesforce: {
        ...salesforce,
        attachments,
        allowTranscriptDownload: true,
        switches: { limits: noSalesforceLimits },
      },
      env: {
        ...env,
        ...loginEnv,
        LIMITS: limits,
        REDIS_TIMEOUT_MS: '1000',
        REQUEST_DEADLINE_MS: '8000',
        SEND_SETTLE_MS: String(settleMs),
      },
    })
    simulateEachTest()
    const midCallFaults = createMidCallFaults(gateway)
    beforeEach(() => gateway.network.use(midCallFaults.handler))

    /** Returns a case for each request of each call: the first one writes as well. */
    async function allCases(): Promise<Case[]> {
      const calls = { ...commonCalls(), ...(hasExtendedFeatures && furtherCalls(gateway)) }
      const cases = Object.entries(calls).map(async ([name, prepare]) => {
        const requests = await midCallFaults.count((await prepare()).call)
        const all = Array.from({ length: requests }, (_, index) => index + 1)
        return all.map((nth): Case => ({ name: `${name}, request ${nth}`, prepare, nth }))
      })
      return (await Promise.all(cases))
        .flat()
        .filter(({ name }) => resolvesUnclearSends || name !== namelessEcho)
    }

    async function timed<T>(work: () => Promise<T>): Promise<[result: T, ms: number]> {
      const startedAt = Date.now()
      return [await work(), Date.now() - startedAt]
    }

    /** Makes a call with a fault, repeats it, and returns the error found; null if there is none. */
    async function findError({ what, range, arrives }: FaultPlan, { call, check }: PreparedCall) {
      const [{ answer, waits, late }, ms] = await timed(() =>
        midCallFaults.withFault(what, range, call),
      )
      const { status, body } = answer
      const isRefused = status === 503 && body.code === 'store_unavailable' && body.retryable
      // If the outcome of a start cannot be determined, the response is not retryable.
      if (!resolvesUnclearSends && status === 503 && !body.retryable) return null
      if (status > 299 && !isRefused) return `${status} ${body.code}`
      if (waits > 1 || ms > promptMs) return `waited for the store ${waits} times, ${ms} ms in all`
      if (arrives === 'before the repeat') for (const work of late) await work()
      const [again, againMs] = await timed(call)
      if (againMs > repeatMs) return `again: ${again.status} after ${againMs} ms`
      if (arrives === 'after the repeat') for (const work of late) await work()
      try {
        await check(again)
        return null
      } catch (error) {
        return `again: ${error instanceof Error ? error.message : 'wrong'}`
      }
    }

    async function findErrors(
      what: MidCallFault,
      rangeFrom: (nth: number) => Range,
      arrives?: FaultPlan['arrives'],
    ): Promise<string[]> {
      const cases = await allCases()
      expect(cases.length).toBeGreaterThan(15)
      const found: string[] = []
      for (let from = 0; from < cases.length; from += groupSize) {
        const group = cases.slice(from, from + groupSize).map(async ({ name, prepare, nth }) => {
          const plan = { what, range: rangeFrom(nth), ...(arrives && { arrives }) }
          const wrong = await findError(plan, await prepare())
          return wrong === null ? [] : [`${name}: ${wrong}`]
        })
        found.push(...(await Promise.all(group)).flat())
      }
      return found
    }

    it.each(['lose', 'drop'] as const)(
      'a repeated call leaves nothing half done after one failed store request (%s)',
      async (what) => {
        expect(await findErrors(what, once)).toEqual([])
      },
      180_000,
    )

    it.each(['before the repeat', 'after the repeat'] as const)(
      'a repeated call leaves nothing half done if a timed-out store request arrives %s',
      async (arrives) => {
        const found = await findErrors('late', once, arrives)
        expect(
          found.filter(
            (wrong) => !(resolvesUnclearSends ? tolerated.settling : tolerated.blind).test(wrong),
          ),
        ).toEqual([])
      },
      180_000,
    )

    it.each(['hang', 'mute', 'drop'] as const)(
      'a repeated call leaves nothing half done if the store fails for the rest of a call (%s)',
      async (what) => {
        expect(await findErrors(what, onwards)).toEqual([])
      },
      180_000,
    )
  },
)
