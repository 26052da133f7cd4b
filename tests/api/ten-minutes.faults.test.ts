/**
 * Chats for ten minutes with a Salesforce that refuses to list a conversation more than 30 times a
 * minute, in simulated time, and prints how often it listed and how often it was refused.
 */
import { describe, expect, it } from 'vitest'
import { setupGateway } from '../support/gateway.js'
import { simulate } from '../support/simulated-time.js'
import { type ChatResult, type ChatShape, playTenMinutes } from '../support/ten-minute-chat.js'
import { loginEnv } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: {
    switches: {
      limits: { listsPerMinute: 30 },
      botDelayMs: 3000,
      visibilityLagMs: { minimum: 20, maximum: 500 },
    },
  },
  env: { ...loginEnv, LIMITS: '{}', REQUEST_DEADLINE_MS: '8000', SEND_SETTLE_MS: '1000' },
})

const oneTab = { title: 'one tab', devices: 1, tabsPerDevice: 1 }
const shapes = [
  oneTab,
  { title: 'three tabs', devices: 1, tabsPerDevice: 3 },
  { title: 'two devices', devices: 2, tabsPerDevice: 1 },
]

/** Milliseconds in which the budget refills by one look, and in which requests are on their way. */
const refillMs = 3000
const onTheWayMs = 500
/** Milliseconds between a ring of the stream and the last look for what it told of. */
const ringMs = 1500

function print(title: string, { lists, refused, listed, readers }: ChatResult): void {
  const slowest = readers.map(({ delaysMs }) => Math.max(...delaysMs))
  console.info(
    `${title}: ${lists} lists, ${refused} of them refused; ${listed.length} messages, the slowest ` +
      `${slowest.join(', ')} ms after it was listed`,
  )
}

async function play(shape: ChatShape, note = ''): Promise<ChatResult> {
  const result = await simulate((time) => playTenMinutes(gateway, time, shape))
  print(`${shape.title}${note}`, result)
  return result
}

/** Expects that no message came later than allowed, each in its place of the list. */
function expectInTime({ readers }: ChatResult, allowedMs: (index: number) => number): void {
  const late = readers.flatMap(({ delaysMs }) =>
    delaysMs.filter((ms, index) => ms > allowedMs(index) + refillMs + onTheWayMs),
  )
  expect(late, 'milliseconds of those that came too late').toEqual([])
}

describe.each(shapes)('a chat of ten minutes with $title', (shape) => {
  it('is never refused a list by Salesforce, and returns every message once', async () => {
    const result = await play(shape)
    const { lists, refused, listed, readers, pacesMs } = result
    expect(refused, `refused of ${lists} lists`).toBe(0)
    for (const { ids } of readers) expect(ids).toEqual(listed)
    if (shape === oneTab) expectInTime(result, (index) => pacesMs[index] ?? 0)
  }, 120_000)

  it('is never refused with events either, and hears who types, the progress and partial texts', async () => {
    gateway.setEnv({ SALESFORCE_EVENTS: 'wait' })
    const result = await play(shape, ', with events')
    const { lists, refused, listed, readers } = result
    expect(refused, `refused of ${lists} lists`).toBe(0)
    for (const { ids } of readers) expect(ids).toEqual(listed)
    if (shape === oneTab) expectInTime(result, () => ringMs)
    const heard = readers.flatMap(({ frontend }) => frontend.activities)
    const names = heard.flatMap(({ typing }) => typing.map(({ displayName }) => displayName))
    expect(names).toContain('Dana')
    expect(heard.map(({ progress }) => progress)).toContain('Asking the pilots')
    const texts = heard.map(({ partial }) => (partial && 'text' in partial ? partial.text : ''))
    expect(texts.join(' ')).toContain('Pilots are')
  }, 120_000)
})
