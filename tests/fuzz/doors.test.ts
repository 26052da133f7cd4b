/**
 * Every door, asked anything: what the contract's schemas take, and what it becomes when types are
 * swapped, members lost, doubled and added, bodies cut off, envelopes exchanged. `FC_RUNS` asks more
 * often, `FC_SEED` the same again.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doors } from '../../platforms/doors.js'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import { loadMethods } from '../../scripts/openapi/doors.js'
import { boundless } from '../api/saying.js'
import { attachments } from '../api/uploading.js'
import { dialects } from '../dialects/table.js'
import { heard } from '../support/knock.js'
import { openWorld } from '../support/world.js'
import { type Given, judge } from './judge.js'
import { draftsFor } from './requests.js'
import { createScene, requestOf, type Scene } from './scene.js'

const methods = (await loadMethods()).map(({ path, method }) => ({
  title: `${method.method} ${path}`,
  door: doors.get(path),
  method,
}))

const names = ['auth', 'start', 'startAddress', 'send', 'signal', 'poll', 'other', 'tokens']
const env = {
  LIMITS: JSON.stringify(Object.fromEntries(names.map((name) => [name, [1_000_000, '1 m']]))),
  REQUEST_DEADLINE_MS: '5000',
  REDIS_TIMEOUT_MS: '3000',
  SEND_SETTLE_MS: '0',
}
/** The deadline, and what a busy machine adds. */
const longestMs = 10_000

/** A scene serves so many requests, unless one of them ends it. */
const requestsPerScene = 20
const endsScenes = new Set(['auth', 'end'])

const ourSecrets = ['redis-token', 'a-secret-of-at-least-thirty-two-bytes']

/** No request makes more of these. */
const mostExchanges = 12

/** A scene that is played until it is worn out. */
function createStage() {
  let scene: Scene | undefined
  let served = 0
  return {
    async enter(): Promise<Scene> {
      if (served % requestsPerScene === 0) scene = undefined
      served += 1
      scene ??= await createScene()
      return scene
    },
    leave(isOver: boolean): void {
      if (isOver) scene = undefined
    },
  }
}

async function ask(door: (typeof methods)[number]['door'], request: Request): Promise<Given> {
  const startedAt = performance.now()
  const response = await door?.(request, { remoteAddress: '192.0.2.1' })
  if (!response) throw new TypeError('There is no such door')
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, ms: performance.now() - startedAt }
}

describe.each(dialects)('in the dialect $name', ({ salesforce, env: dialectEnv }) => {
  const world = openWorld({
    salesforce: {
      ...salesforce,
      ...(salesforce.api !== 'guide' && { attachments, allowTranscriptDownload: true }),
      switches: { limits: boundless },
    },
    env: { ...env, ...dialectEnv },
  })

  const latest = () => world.salesforce.exchanges.slice(-mostExchanges)

  /** Salesforce's tokens in what it heard just now, and secrets of ours. */
  function secretsOfNow(): string[] {
    const tokens = latest().map(({ authorization }) => authorization?.split(' ')[1])
    return [...ourSecrets, ...tokens.flatMap((token) => token ?? [])]
  }

  function forgetWhatWasSaid(): void {
    world.lines.length = 0
    heard.length = 0
  }

  it.each(methods)(
    '$title answers whatever it is asked',
    async ({ door, method }) => {
      const stage = createStage()
      const answersWell = fc.asyncProperty(draftsFor(method), async (draft) => {
        const request = requestOf(draft, await stage.enter())
        forgetWhatWasSaid()
        const given = await ask(door, request)
        stage.leave(endsScenes.has(method.name) && given.status < 300)
        const asked = methods.find(
          (each) => each.door === door && each.method.method === draft.method,
        )
        judge(given, asked?.method ?? method, draft.method, { lines: world.lines, longestMs })
        const left = `${given.text}${world.lines}`
        expect(secretsOfNow().filter((secret) => left.includes(secret))).toEqual([])
        expect(latest().flatMap(requestViolations)).toEqual([])
        forgetWhatWasSaid()
      })
      await fc.assert(answersWell, {
        numRuns: Number(process.env.FC_RUNS ?? 20),
        ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
      })
    },
    3_600_000,
  )
})
