/** Prepares the calls of each kind that is measured. */
import { randomUUID } from 'node:crypto'
import { addressOf, type Call, call, type Reply } from '../call.js'
import type { StubCall } from '../servers/http-stub.js'

export const kinds = ['poll', 'send', 'start', 'auth'] as const
export type Kind = (typeof kinds)[number]

/** Counts the conversations that polls and messages are spread over. */
const conversations = 100

type Visitor = { token: string; address: string }
type Chat = Visitor & { conversationId: string; cursor: string }

function headersOf({ token, address }: Visitor) {
  return {
    'Content-Type': 'application/json',
    'X-Forwarded-For': address,
    ...(token && { Authorization: `Bearer ${token}` }),
  }
}

function post(endpoint: Kind, visitor: Visitor, body: object): StubCall {
  const content = JSON.stringify(body)
  return { method: 'POST', path: `/api/${endpoint}`, headers: headersOf(visitor), body: content }
}

export type Calls = Awaited<ReturnType<typeof prepareCalls>>

/** Opens conversations at the gateway of this address, for calls of all kinds. */
export async function prepareCalls(url: string) {
  let visitors = 0

  async function ask(options: Call): Promise<Reply> {
    const { status, code, body } = await call(url, options)
    if (code !== null) throw new Error(`${options.endpoint} was refused: ${status} ${code}`)
    return body
  }

  async function signIn(): Promise<Visitor> {
    const address = addressOf(visitors++)
    const { token } = await ask({ method: 'POST', endpoint: 'auth', body: {}, address })
    return { token, address }
  }

  async function open(): Promise<Chat> {
    const visitor = await signIn()
    const { conversationId } = await ask({
      ...{ method: 'POST', endpoint: 'start', body: { routingAttributes: {} } },
      ...visitor,
    })
    const poll = (query: Record<string, string>) =>
      ask({ method: 'GET', endpoint: 'poll', query: { conversationId, ...query }, ...visitor })
    const first = await poll({})
    const { cursor } = await poll({ cursor: first.cursor ?? '' })
    return { ...visitor, conversationId, cursor: cursor ?? '' }
  }

  const chats: Chat[] = []
  for (let opened = 0; opened < conversations; opened++) chats.push(await open())

  function inTurn(count: number, callOf: (chat: Chat) => StubCall): StubCall[] {
    return Array.from({ length: count }, (_, index) => chats[index % chats.length]).flatMap(
      (chat) => (chat ? [callOf(chat)] : []),
    )
  }

  const newAddresses = (count: number) =>
    Array.from({ length: count }, () => ({ token: '', address: addressOf(visitors++) }))

  /** Makes calls of one kind, which are good once. */
  return async function callsOf(kind: Kind, count: number): Promise<readonly StubCall[]> {
    switch (kind) {
      case 'poll':
        return inTurn(count, ({ conversationId, cursor, ...visitor }) => {
          const query = new URLSearchParams({ conversationId, cursor })
          return { method: 'GET', path: `/api/poll?${query}`, headers: headersOf(visitor) }
        })
      case 'send':
        return inTurn(count, ({ conversationId, ...visitor }) =>
          post('send', visitor, { conversationId, id: randomUUID(), text: 'Where is my order?' }),
        )
      case 'start': {
        const fresh: Visitor[] = []
        while (fresh.length < count) fresh.push(await signIn())
        return fresh.map((visitor) => post('start', visitor, { routingAttributes: {} }))
      }
      case 'auth':
        return newAddresses(count).map((visitor) => post('auth', visitor, {}))
    }
  }
}
