/** Plays attackers: each makes calls of its kind, one after the other, until the end. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Answer, Call } from '../call.js'
import { type CallAs, chatAs, type Guest, signIn, startAs } from './visitor.js'

export type Attack = {
  name: string
  /**
   * Prepares through the gateway without limits, and returns the attacker's next turn.
   * @param maxConversations counts the conversations of the largest record
   */
  prepare(
    unlimited: CallAs,
    maxConversations: number,
  ): Promise<(callAs: CallAs) => Promise<unknown>>
  /** Counts the attackers at the same time. */
  workers: number
  /** Is the longest time that what the calls began may go on, in milliseconds. */
  aftermathMs: number
  /** Is true for attackers that start conversations as if they were many visitors. */
  takesStarts: boolean
}

const usual = { workers: 4, aftermathMs: 0, takesStarts: false }

/** Is documentation's IPv6 (RFC 3849); two more groups make a /48. */
const site = '2001:db8:5'
const group = (bytes: number) => randomBytes(bytes).toString('hex')

/** Signs in and starts, from an address that is new each time where there are several. */
function starts(addressOf: () => string): Pick<Attack, 'prepare' | 'takesStarts'> {
  return {
    takesStarts: true,
    prepare: async () => async (callAs) => {
      const guest = await signIn(callAs, addressOf())
      if (guest) await startAs(callAs, guest)
    },
  }
}

async function openGuest(unlimited: CallAs, address: string): Promise<Guest> {
  const guest = await signIn(unlimited, address)
  if (!guest) throw new Error('The gateway without limits refused an attacker')
  return guest
}

async function openConversation(unlimited: CallAs, guest: Guest, body: object = {}) {
  const conversationId = await startAs(unlimited, guest, { resume: false, ...body })
  if (!conversationId) throw new Error('The gateway without limits refused a conversation')
  return conversationId
}

/** Returns routing values of about so many bytes. */
function valuesOf(bytes: number): Record<string, string> {
  const values = Array.from({ length: 20 }, (_, index) => [`v${index}`, 'x'.repeat(bytes / 20)])
  return Object.fromEntries(values)
}

/** Returns the largest routing values that the gateway takes. */
async function largestValues(unlimited: CallAs, guest: Guest): Promise<Record<string, string>> {
  for (const bytes of [16_000, 8000, 4000, 2000, 1000]) {
    const routingAttributes = valuesOf(bytes)
    const body = { resume: false, routingAttributes }
    if (await startAs(unlimited, guest, body)) return routingAttributes
  }
  return {}
}

const heavyGuest: Attack = {
  ...usual,
  name: 'a guest with the largest record',
  async prepare(unlimited, maxConversations) {
    const guest = await openGuest(unlimited, '203.0.113.10')
    const routingAttributes = await largestValues(unlimited, guest)
    // One is open already: the first one with these values.
    const conversations: string[] = []
    for (let count = 1; count < maxConversations; count += 1) {
      conversations.push(await openConversation(unlimited, guest, { routingAttributes }))
    }
    let { refreshToken } = guest
    let turn = 0
    return async (callAs) => {
      turn += 1
      const { token, address } = guest
      if (turn % 3 === 0) {
        const body = { refreshToken }
        const { body: pair } = await callAs('refresh', {
          ...{ method: 'POST', endpoint: 'auth', body, address },
        })
        refreshToken = pair.refreshToken || refreshToken
      } else if (turn % 3 === 1) {
        await callAs('conversations', { method: 'GET', endpoint: 'conversations', token, address })
      } else {
        const conversationId = conversations[turn % conversations.length] ?? ''
        await chatAs(callAs, guest, conversationId).poll()
      }
    }
  },
}

/** Is the longest wait that a poll may ask for. */
export const waitSeconds = 25

const abortedWaits: Attack = {
  ...usual,
  name: 'waits cut after 1.5 s',
  workers: 20,
  aftermathMs: 26_000,
  async prepare(unlimited) {
    const pages = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        const guest = await openGuest(unlimited, `203.0.113.${20 + index}`)
        const conversationId = await openConversation(unlimited, guest)
        const { body } = await chatAs(unlimited, guest, conversationId).poll()
        return {
          ...guest,
          query: { conversationId, cursor: body.cursor ?? '', wait: `${waitSeconds}` },
        }
      }),
    )
    let turn = 0
    return async (callAs) => {
      turn += 1
      const page = pages[turn % pages.length]
      if (!page) return
      const { token, address, query } = page
      const options: Call = { method: 'GET', endpoint: 'poll', token, address, query }
      await callAs('wait', { ...options, cutAfterMs: 1500 })
    }
  },
}

const refusedCalls: Attack = {
  ...usual,
  name: 'calls that are refused',
  async prepare(unlimited) {
    const guest = await openGuest(unlimited, '203.0.113.30')
    const other = await openGuest(unlimited, '203.0.113.31')
    const others = await openConversation(unlimited, other)
    const { token, address } = guest
    const poll = (token: string, conversationId: string) => (callAs: CallAs) =>
      callAs('poll', { method: 'GET', endpoint: 'poll', token, address, query: { conversationId } })
    const turns: ((callAs: CallAs) => Promise<Answer>)[] = [
      (callAs) => poll(token, randomUUID())(callAs),
      poll(token, others),
      poll('a.b.c', others),
      (callAs) =>
        callAs('conversations', { method: 'GET', endpoint: 'conversations', token, address }),
      (callAs) =>
        callAs('refresh', {
          ...{ method: 'POST', endpoint: 'auth', address },
          body: { refreshToken: group(32) },
        }),
    ]
    let turn = 0
    return async (callAs) => {
      turn += 1
      await turns[turn % turns.length]?.(callAs)
    }
  },
}

/** Is just below the longest body, and the longest line of a request, that servers take. */
const unknownMembers = Object.fromEntries(
  Array.from({ length: 8000 }, (_, index) => [`unknown${index}`, 1]),
)
const unknownNames = Object.fromEntries(
  Array.from({ length: 1000 }, (_, index) => [`unknown${index}`, '']),
)

const invalidBodies: Attack = {
  ...usual,
  name: 'bodies and queries that are invalid',
  async prepare(unlimited) {
    const { token, address } = await openGuest(unlimited, '203.0.113.40')
    let turn = 0
    return async (callAs) => {
      turn += 1
      await (turn % 2 === 0
        ? callAs('send', { method: 'POST', endpoint: 'send', token, address, body: unknownMembers })
        : callAs('poll', { method: 'GET', endpoint: 'poll', token, address, query: unknownNames }))
    }
  },
}

/** The attack whose waits may go on is the last one. */
export const attacks: readonly Attack[] = [
  { ...usual, name: 'starts from one IPv4 address', ...starts(() => '203.0.113.1') },
  {
    ...usual,
    name: 'starts from an IPv6 /56',
    ...starts(() => `${site}:aa${group(1)}::1`),
  },
  {
    ...usual,
    name: 'starts from an IPv6 /48',
    ...starts(() => `${site}:${group(2)}::1`),
  },
  heavyGuest,
  refusedCalls,
  invalidBodies,
  abortedWaits,
]

/** Is the attacker's pause between two calls. */
export const attackPauseMs = 25
