/** The store goes wrong in the middle of a call: no half-done effect, and the same call again is right. */
import { beforeEach, describe, expect, it } from 'vitest'
import { dialects } from '../dialects/dialects.js'
import { setupGateway } from '../support/gateway.js'
import { noSalesforceLimits } from '../support/sending.js'
import { attachments } from '../support/uploads.js'
import { loginEnv } from '../support/verified.js'
import { commonCalls, furtherCalls, limits, type PreparedCall } from './calls.js'
import { createMidCallFaults, type MidCallFault } from './mid-call-faults.js'

/** So many cases at once, for most of their time is waiting. */
const groupSize = 20
/** Nothing waits for a call that is over; this is for a machine with much to do. */
const promptMs = 6000

type Range = readonly [from: number, to: number]
type Trouble = {
  what: MidCallFault
  range: Range
  /** Of what is late. */
  arrives?: 'before the repeat' | 'after the repeat'
}
type Case = { name: string; prepare: () => Promise<PreparedCall>; nth: number }

/** A name that could not be noted is the matter of tests/api/poll-echoes. */
const namelessEcho = 'a text, request 4'

/**
 * Of what arrives late: typing that Salesforce then does not hear of, which agents' clients forget after
 * 5 s anyway; and, where a start cannot be begun again, one that is noted although it never was.
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
        SEND_SETTLE_MS: '1000',
      },
    })
    const midCallFaults = createMidCallFaults(gateway)
    beforeEach(() => gateway.network.use(midCallFaults.handler))

    /** Each request of each call but its first, which stands for a store that is gone altogether. */
    async function allCases(): Promise<Case[]> {
      const calls = { ...commonCalls(), ...(hasExtendedFeatures && furtherCalls(gateway)) }
      const cases = Object.entries(calls).map(async ([name, prepare]) => {
        const requests = await midCallFaults.count((await prepare()).call)
        const later = Array.from({ length: Math.max(0, requests - 1) }, (_, index) => index + 2)
        return later.map((nth): Case => ({ name: `${name}, request ${nth}`, prepare, nth }))
      })
      return (await Promise.all(cases))
        .flat()
        .filter(({ name }) => resolvesUnclearSends || name !== namelessEcho)
    }

    async function timed<T>(work: () => Promise<T>): Promise<[result: T, ms: number]> {
      const startedAt = performance.now()
      return [await work(), Math.round(performance.now() - startedAt)]
    }

    /** What is wrong with a call that was spoilt and then made again; null when nothing is. */
    async function verdict({ what, range, arrives }: Trouble, { call, check }: PreparedCall) {
      const [{ answer, waits, late }, ms] = await timed(() =>
        midCallFaults.withFault(what, range, call),
      )
      const { status, body } = answer
      const isRefused = status === 503 && body.code === 'store_unavailable' && body.retryable
      // Where nothing tells what became of a start, the caller is told not to repeat it.
      if (!resolvesUnclearSends && status === 503 && !body.retryable) return null
      if (status > 299 && !isRefused) return `${status} ${body.code}`
      if (waits > 1 || ms > promptMs) return `waited for the store ${waits} times, ${ms} ms in all`
      if (arrives === 'before the repeat') for (const work of late) await work()
      const [again, againMs] = await timed(call)
      if (againMs > promptMs) return `again: ${again.status} after ${againMs} ms`
      if (arrives === 'after the repeat') for (const work of late) await work()
      try {
        await check(again)
        return null
      } catch (error) {
        return `again: ${error instanceof Error ? error.message : 'wrong'}`
      }
    }

    async function wrongs(
      what: MidCallFault,
      rangeFrom: (nth: number) => Range,
      arrives?: Trouble['arrives'],
    ): Promise<string[]> {
      const cases = await allCases()
      expect(cases.length).toBeGreaterThan(15)
      const found: string[] = []
      for (let from = 0; from < cases.length; from += groupSize) {
        const group = cases.slice(from, from + groupSize).map(async ({ name, prepare, nth }) => {
          const trouble = { what, range: rangeFrom(nth), ...(arrives && { arrives }) }
          const wrong = await verdict(trouble, await prepare())
          return wrong === null ? [] : [`${name}: ${wrong}`]
        })
        found.push(...(await Promise.all(group)).flat())
      }
      return found
    }

    it.each(['lose', 'drop'] as const)(
      'nothing is half done when one request to the store goes wrong: %s',
      async (what) => {
        expect(await wrongs(what, once)).toEqual([])
      },
      60_000,
    )

    it.each(['before the repeat', 'after the repeat'] as const)(
      'nothing is half done when one request that was given up arrives %s',
      async (arrives) => {
        const found = await wrongs('late', once, arrives)
        expect(
          found.filter(
            (wrong) => !(resolvesUnclearSends ? tolerated.settling : tolerated.blind).test(wrong),
          ),
        ).toEqual([])
      },
      60_000,
    )

    it.each(['hang', 'mute', 'drop'] as const)(
      'nothing is half done when the store goes wrong for the rest of a call: %s',
      async (what) => {
        expect(await wrongs(what, onwards)).toEqual([])
      },
      60_000,
    )
  },
)
