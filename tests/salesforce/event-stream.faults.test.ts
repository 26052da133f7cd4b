/**
 * Tests the connection of an event stream, against a server of Node's: how it opens, reads and is
 * closed.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../lib/problem.js'
import { createScope, runInScope, setDeadline } from '../../lib/request.js'
import { createEnhancedChat } from '../../lib/salesforce/enhanced-chat/client.js'
import { createDeferred } from '../support/sending.js'

const ref = { token: 'a.b.c', conversationId: '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44' }
const eventStream = { 'content-type': 'text/event-stream;charset=utf-8' }

const servers: Server[] = []
const callers: AbortController[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const caller of callers.splice(0)) caller.abort()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** Starts a Salesforce with this answer; returns the port, and what it saw of the connection. */
async function salesforceThat(answer: Answer) {
  const requests: IncomingMessage[] = []
  const seen = { requests, closed: 0 }
  const server = createServer((request, response) => {
    requests.push(request)
    response.once('close', () => {
      seen.closed += 1
    })
    answer(response, request)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('not on a port')
  const messaging = createEnhancedChat({
    url: `http://127.0.0.1:${address.port}`,
    orgId: '00DZZ0000000AbC',
    deployment: 'Harbor_Custom_Client',
    signer: null,
    capabilitiesVersion: '66',
    settleMs: 10,
    streamIdleMs: 100,
  })
  const caller = new AbortController()
  callers.push(caller)
  return {
    seen,
    caller,
    open: () => messaging.openEventStream(ref, { after: 0, signal: caller.signal }),
  }
}

function frame(entryType: string, entryPayload: object = {}): string {
  const envelope = {
    conversationId: ref.conversationId,
    conversationEntry: { entryType, entryPayload: JSON.stringify(entryPayload) },
  }
  return `id: 1\nevent: CONVERSATION_X\ndata: ${JSON.stringify(envelope)}\n\n`
}

const message = frame('Message')
const progress = (text: string) =>
  frame('ProgressIndicator', { progressIndicator: { progressMessage: { text } } })

/** Sends the head and these chunks, and leaves the stream open unless told otherwise. */
function stream(...chunks: readonly (string | Uint8Array)[]): Answer {
  return async (response) => {
    response.writeHead(200, eventStream).flushHeaders()
    for (const chunk of chunks) {
      response.write(chunk)
      await sleep(5)
    }
  }
}

/** Returns the code of the failure that an opening ends with. */
async function failureOf(open: () => Promise<unknown>): Promise<string> {
  try {
    await open()
    return 'opened'
  } catch (error) {
    if (error instanceof GatewayError) return error.code
    throw error
  }
}

/** Returns the kinds of all events until the stream ends. */
async function kindsOf(events: AsyncIterable<{ kind: string }>): Promise<string[]> {
  const kinds: string[] = []
  for await (const { kind } of events) kinds.push(kind)
  return kinds
}

describe('an opening', () => {
  it('sends the token and the organisation, asks for a stream and for no replay', async () => {
    const { seen, open } = await salesforceThat(stream())
    await open()
    const [request] = seen.requests
    expect([request?.method, request?.url]).toEqual(['GET', '/eventrouter/v1/sse'])
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer a.b.c',
      'x-org-id': '00DZZ0000000AbC',
      accept: 'text/event-stream',
    })
    expect(request?.headers).not.toHaveProperty('last-event-id')
  })

  it('is done with the head, before any event', async () => {
    const { open } = await salesforceThat(stream())
    expect(await failureOf(open)).toBe('opened')
  })

  it.each<[number, Record<string, string>, string]>([
    [200, { 'content-type': 'application/json' }, 'upstream_rejected'],
    [204, eventStream, 'upstream_rejected'],
    [302, { location: 'https://evil.example' }, 'upstream_rejected'],
    [400, {}, 'upstream_rejected'],
    [401, {}, 'conversation_lost'],
    [429, {}, 'rate_limited'],
    [503, eventStream, 'upstream_unavailable'],
  ])('answered with %i %j fails with %s', async (status, headers, code) => {
    const { open } = await salesforceThat((response) => {
      response.writeHead(status, headers).end()
    })
    expect(await failureOf(open)).toBe(code)
  })

  it('fails when the connection is cut', async () => {
    const { open } = await salesforceThat((response) => response.destroy())
    expect(await failureOf(open)).toBe('upstream_unavailable')
  })

  it('that gets no answer fails within the time of its request, and hangs up', async () => {
    const { seen, open } = await salesforceThat(() => undefined)
    const code = await runInScope(createScope(), () => {
      setDeadline(60)
      return failureOf(open)
    })
    expect(code).toBe('upstream_timeout')
    await expect.poll(() => seen.closed).toBe(1)
  })

  it('that gets no answer fails after 2 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const asked = createDeferred()
    const { open } = await salesforceThat(asked.resolve)
    const ended: string[] = []
    const opening = failureOf(open).then((code) => ended.push(code))
    await asked.promise
    await vi.advanceTimersByTimeAsync(1999)
    expect(ended).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await opening
    expect(ended).toEqual(['upstream_timeout'])
  })

  it('ends with the signal, before and while it waits', async () => {
    const { seen, caller, open } = await salesforceThat(() => undefined)
    const opening = failureOf(open)
    await expect.poll(() => seen.requests.length).toBe(1)
    caller.abort()
    expect(await opening).toBe('upstream_timeout')
    await expect.poll(() => seen.closed).toBe(1)
    expect(await failureOf(open)).toBe('upstream_timeout')
    expect(seen.requests).toHaveLength(1)
  })

  it('alone counts as time spent on Salesforce', async () => {
    const { caller, open } = await salesforceThat(stream())
    const scope = createScope()
    const opened = await runInScope(scope, async () => {
      const events = await open()
      const spent = { ...scope.spent.salesforce }
      setTimeout(() => caller.abort(), 20)
      await kindsOf(events)
      return spent
    })
    expect(opened.requests).toBe(1)
    expect(scope.spent.salesforce).toEqual(opened)
  })
})

describe('an open stream', () => {
  it('lives on after the 2 s of its opening', async () => {
    const { open } = await salesforceThat((response) => {
      response.writeHead(200, eventStream).flushHeaders()
      setTimeout(() => response.end(message), 2200)
    })
    expect(await kindsOf(await open())).toEqual(['listChanged'])
  })

  it('gives the events of several frames in one chunk, and of one frame in many', async () => {
    const bytes = new TextEncoder().encode(progress('Größe 🚢'))
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte)).slice(-60)
    const { open, caller } = await salesforceThat(
      stream(message + message, bytes.subarray(0, -60), ...pieces),
    )
    const events: object[] = []
    for await (const event of await open()) {
      events.push(event)
      if (events.length === 3) break
    }
    expect(events).toEqual([
      { kind: 'listChanged' },
      { kind: 'listChanged' },
      { kind: 'progress', text: 'Größe 🚢' },
    ])
    caller.abort()
  })

  it('passes over pings, comments, foreign fields and nonsense', async () => {
    const { open } = await salesforceThat((response) => {
      const nonsense = 'event: ping\ndata: 0\n\n: comment\nfield: x\nnonsense\n\ndata: {\n\n'
      response.writeHead(200, eventStream).end(nonsense + message)
    })
    expect(await kindsOf(await open())).toEqual(['listChanged'])
  })

  it('ends when it is cut in the middle of an event', async () => {
    const { open } = await salesforceThat((response) => {
      response.writeHead(200, eventStream).write(message + message.slice(0, 40))
      setTimeout(() => response.destroy(), 20)
    })
    expect(await kindsOf(await open())).toEqual(['listChanged'])
  })

  it.each([
    ['after an event', [message, 'Jwt is expired']],
    ['at once', ['Jwt is expired']],
    ['in the chunk of an event', [`${message}Jwt is expired`]],
  ])('ends at the line that tells of an expired token, %s', async (_when, chunks) => {
    const { seen, open } = await salesforceThat(stream(...chunks))
    const expected = chunks.join('').includes('data:') ? ['listChanged'] : []
    expect(await kindsOf(await open())).toEqual(expected)
    await expect.poll(() => seen.closed).toBe(1)
  })

  it('goes on when a message mentions an expired token', async () => {
    const text = progress('Jwt is expired')
    const cut = text.indexOf('Jwt')
    const { open } = await salesforceThat((response) => {
      response.writeHead(200, eventStream).write(text.slice(0, cut))
      setTimeout(() => response.end(text.slice(cut) + message), 20)
    })
    expect(await kindsOf(await open())).toEqual(['progress', 'listChanged'])
  })

  it.each([
    ['a line', 'data: '.padEnd(300_000, 'x')],
    ['an event', `data: ${'x'.repeat(1000)}\n`.repeat(300)],
  ])('ends when %s exceeds 256 KB', async (_what, text) => {
    const { seen, open } = await salesforceThat(stream(message, text))
    expect(await kindsOf(await open())).toEqual(['listChanged'])
    await expect.poll(() => seen.closed).toBe(1)
  })

  it('that carries many events is not bounded', async () => {
    const many = 1000
    const { open } = await salesforceThat((response) => {
      response.writeHead(200, eventStream).end(progress('x'.repeat(200)).repeat(many))
    })
    expect(await kindsOf(await open())).toHaveLength(many)
  })
})

describe('the connection is closed', () => {
  it('when the signal is aborted while the consumer waits', async () => {
    const { seen, caller, open } = await salesforceThat(stream(message))
    const kinds = kindsOf(await open())
    await sleep(30)
    caller.abort()
    expect(await kinds).toEqual(['listChanged'])
    await expect.poll(() => seen.closed).toBe(1)
  })

  it('when the signal is aborted though nobody ever iterated, and nothing is given then', async () => {
    const { seen, caller, open } = await salesforceThat(stream(message))
    const events = await open()
    caller.abort()
    await expect.poll(() => seen.closed).toBe(1)
    expect(await kindsOf(events)).toEqual([])
  })

  it('when the consumer leaves', async () => {
    const { seen, open } = await salesforceThat(stream(message, message))
    for await (const { kind } of await open()) {
      expect(kind).toBe('listChanged')
      break
    }
    await expect.poll(() => seen.closed).toBe(1)
  })

  it('when the consumer leaves while it waits for an event', async () => {
    const { seen, open } = await salesforceThat(stream())
    const iterator = (await open())[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).toEqual({ value: undefined, done: true })
    await expect.poll(() => seen.closed).toBe(1)
  })
})
