/** The store goes wrong in the middle of a call: no half-done effect, and the same call again is right. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { boundless } from '../api/saying.js'
import { attachments } from '../api/uploading.js'
import { dialects } from '../dialects/table.js'
import { loginEnv } from '../support/verified.js'
import { openWorld } from '../support/world.js'
import { commonCalls, furtherCalls, limits, type Prepared } from './calls.js'
import { createMidway, lateMs, type Mishap } from './midway.js'

/** So many cases at once, for most of their time is waiting. */
const groupSize = 24
/** A repeat waits for nobody; this is for a machine with much to do. */
const promptMs = 4000

type Range = readonly [from: number, to: number]
type Case = { name: string; prepare: () => Promise<Prepared>; nth: number }

/** A name that could not be noted is the matter of tests/api/poll-echoes. */
const namelessEcho = 'a text, request 4'

const once = (nth: number): Range => [nth, nth]
const onwards = (nth: number): Range => [nth, Number.POSITIVE_INFINITY]

describe.each(dialects)(
  'in the dialect $name',
  ({ salesforce, env, offersMore, settlesUnclear }) => {
    const world = openWorld({
      salesforce: {
        ...salesforce,
        attachments,
        allowTranscriptDownload: true,
        switches: { limits: boundless },
      },
      env: {
        ...env,
        ...loginEnv,
        LIMITS: limits,
        REDIS_TIMEOUT_MS: '1000',
        REQUEST_DEADLINE_MS: '8000',
      },
    })
    const midway = createMidway(world)
    beforeEach(() => world.network.use(midway.handler))

    /** Each request of each call but its first, which stands for a store that is gone altogether. */
    async function allCases(): Promise<Case[]> {
      const calls = { ...commonCalls(), ...(offersMore && furtherCalls(world)) }
      const cases = Object.entries(calls).map(async ([name, prepare]) => {
        const requests = await midway.count((await prepare()).call)
        const later = Array.from({ length: Math.max(0, requests - 1) }, (_, index) => index + 2)
        return later.map((nth): Case => ({ name: `${name}, request ${nth}`, prepare, nth }))
      })
      return (await Promise.all(cases))
        .flat()
        .filter(({ name }) => settlesUnclear || name !== namelessEcho)
    }

    /** What is wrong with a call that was spoilt and then made again; null when nothing is. */
    async function verdict(what: Mishap, name: string, { call, check }: Prepared, range: Range) {
      const { answer, waits } = await midway.spoil(what, range, call)
      const { status, body } = answer
      const isRefused = status === 503 && body.code === 'store_unavailable' && body.retryable
      // Where nothing tells what became of a start, the caller is told not to repeat it.
      if (!settlesUnclear && status === 503 && !body.retryable) return null
      if (status > 299 && !isRefused) return `${status} ${body.code}`
      if (waits > 1) return `waited for the store ${waits} times`
      const againAt = performance.now()
      const again = await call()
      const ms = Math.round(performance.now() - againAt)
      if (ms > promptMs) return `again: ${again.status} after ${ms} ms`
      if (what === 'late') await sleep(lateMs)
      // A "stopped" forgotten late looks as if it had been told; agents' clients forget it after 5 s.
      if (what === 'late' && name.startsWith('an end of typing')) return null
      try {
        await check(again)
        return null
      } catch (error) {
        return `again: ${error instanceof Error ? error.message : 'wrong'}`
      }
    }

    async function wrongs(what: Mishap, rangeFrom: (nth: number) => Range): Promise<string[]> {
      const cases = await allCases()
      expect(cases.length).toBeGreaterThan(15)
      const found: string[] = []
      for (let from = 0; from < cases.length; from += groupSize) {
        const group = cases.slice(from, from + groupSize).map(async ({ name, prepare, nth }) => {
          const wrong = await verdict(what, name, await prepare(), rangeFrom(nth))
          return wrong === null ? [] : [`${name}: ${wrong}`]
        })
        found.push(...(await Promise.all(group)).flat())
      }
      return found
    }

    it.each(['late', 'lose', 'drop'] as const)(
      'nothing is half done when one request to the store goes wrong: %s',
      async (what) => {
        expect(await wrongs(what, once)).toEqual([])
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
