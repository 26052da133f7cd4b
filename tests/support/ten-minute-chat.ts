/** Plays a chat of ten simulated minutes: a visitor, a bot, an agent, a burst, a quiet minute. */
import { openDevices } from './devices.js'
import type { Frontend } from './frontend.js'
import type { TestGateway } from './gateway.js'
import type { SimulatedTime } from './simulated-time.js'

export type ChatShape = { title: string; devices: number; tabsPerDevice: number }

/** Records what a frontend got, and how long after Salesforce showed each message, in milliseconds. */
export type ChatReader = { frontend: Frontend; ids: string[]; delaysMs: number[] }

export type ChatResult = {
  /** Requests to Salesforce's list, and those of them that were refused with 429. */
  lists: number
  refused: number
  /** Ids of all messages that Salesforce lists, sorted. */
  listed: string[]
  /** Shows how long a message may take where the pace alone decides, in the order of `delaysMs`. */
  pacesMs: number[]
  readers: ChatReader[]
}

const spokenEveryMs = 20_000
const turns = 30
/** Turns in which the visitor says nothing, and only the agent does. */
const isQuiet = (turn: number) => turn >= 18 && turn < 23
const words: Record<number, string> = {
  2: 'progress',
  4: 'stream',
  6: 'shuffled',
  8: 'burst',
  10: 'invalid',
  12: 'agent',
}

/** Returns numbers from 0 to 1 that look random and are the same in each run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Returns how long a message may take by the pace of the contract, from what was there before it. */
function paceMs(quietMs: number, isReplyExpected: boolean): number {
  if (quietMs < 30_000) return 3000
  if (quietMs < 120_000) return isReplyExpected ? 3000 : 5000
  return 10_000
}

/** Plays the chat and returns what Salesforce saw and what each tab got. */
export async function playTenMinutes(
  gateway: TestGateway,
  time: SimulatedTime,
  shape: ChatShape,
): Promise<ChatResult> {
  const { salesforce } = gateway
  const random = createRandom(12)
  const devices = Array.from({ length: shape.devices }, (_, device) => {
    /** Returns a latency; each device is further away than the one before. */
    const latencyMs = () => 10 + device * 100 + Math.floor(random() * 40)
    return Array.from({ length: shape.tabsPerDevice }, () => ({ latencyMs }))
  })
  const { conversationId, tabs } = await openDevices(time, devices)
  const running = tabs.map(({ frontend }) => frontend.run())
  const said: Promise<void>[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    await time.sleep(spokenEveryMs - 1500 + random() * 3000)
    const tab = tabs[turn % tabs.length]
    if (tab && !isQuiet(turn)) {
      said.push(tab.say(words[turn] ?? `Line ${turn}`))
    }
    if (turn > 12 && turn % 2 === 0) {
      salesforce.agentTypes(conversationId)
      salesforce.inject(conversationId, [{ text: `Agent's line ${turn}`, afterMs: 8000 }])
    }
  }
  await time.sleep(30_000)
  for (const { frontend } of tabs) frontend.stop()
  await Promise.all([...running, ...said])

  const { entryLog } = salesforce.conversation(conversationId)
  const messages = entryLog.filter(({ entry }) => entry.entryType === 'Message')
  const pacesMs = messages.map(({ visibleAt }) => {
    const earlier = entryLog.filter((other) => other.visibleAt < visibleAt)
    const newest = Math.max(...earlier.map(({ entry }) => entry.transcriptedTimestamp))
    const speaker = messages.findLast((other) => other.visibleAt < visibleAt)?.entry.sender.role
    return paceMs(visibleAt - newest, speaker === 'EndUser')
  })
  const known = new Set(messages.map(({ entry }) => entry.identifier))
  const lists = gateway.salesforceCalls().filter((call) => call.startsWith('listConversation'))
  return {
    lists: lists.length,
    refused: lists.filter((call) => call.endsWith(' 429')).length,
    listed: [...known].sort(),
    pacesMs,
    readers: tabs.map(({ frontend }) => ({
      frontend,
      ids: frontend.arrivals
        .map(({ id }) => id)
        .filter((id) => known.has(id))
        .sort(),
      delaysMs: messages.map(({ entry, visibleAt }) => {
        const arrival = frontend.arrivals.find(({ id }) => id === entry.identifier)
        return (arrival?.at ?? Number.POSITIVE_INFINITY) - visibleAt
      }),
    })),
  }
}
