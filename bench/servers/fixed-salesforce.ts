/**
 * Serves the part of Salesforce that sign-in, start, send and poll need, with fixed answers at little
 * cost, as a separate process. Every conversation has the same entries, one each ten seconds up to
 * the start of this process; `POST /__entries` (`{ count }`) sets their number.
 */
import { randomUUID } from 'node:crypto'
import { type StubReply, type StubRequest, serveStub } from './http-stub.js'

const stepMs = 10_000
const maxPage = 50
const newestAt = Date.now()
let count = 6

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const accessToken = [
  encode({ alg: 'RS256', kid: 'fixed' }),
  encode({ sub: 'guest', exp: Math.floor(newestAt / 1000) + 86_400 }),
  'x'.repeat(342),
].join('.')
const token = JSON.stringify({
  accessToken,
  context: { endUser: { subject: 'v2/iamessage/UNAUTH/NA/uid:1' } },
})

/** Returns an entry as Salesforce lists it: visitor and agent take turns. */
function entryAt(index: number): string {
  const isVisitor = index % 2 === 0
  const at = newestAt - (count - 1 - index) * stepMs
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  return JSON.stringify({
    entryType: 'Message',
    identifier: id,
    senderDisplayName: isVisitor ? 'Guest' : 'Dana',
    sender: {
      role: isVisitor ? 'EndUser' : 'Agent',
      subject: isVisitor ? 'v2/iamessage/UNAUTH/NA/uid:1' : '005ZZ0000000001AAA',
      appType: isVisitor ? 'iamessage' : 'agent',
    },
    clientTimestamp: at,
    transcriptedTimestamp: at,
    relatedRecords: ['0MwZZ0000000001AAA'],
    entryPayload: {
      entryType: 'Message',
      id,
      abstractMessage: {
        id,
        messageType: 'StaticContentMessage',
        inReplyToMessageId: null,
        references: null,
        staticContent: { formatType: 'Text', text: `Message ${index} of this conversation.` },
      },
      messageReason: null,
    },
  })
}

const pages = new Map<string, string>()

/** Returns the page of entries between two bounds, oldest first or newest first. */
function page(search: string): string {
  const known = pages.get(search)
  if (known) return known
  const query = new URLSearchParams(search)
  const limit = Math.min(maxPage, Number(query.get('limit') ?? 20))
  const indexAt = (timestamp: number) => count - 1 - (newestAt - timestamp) / stepMs
  const start = Number(query.get('startTimestamp') ?? 0)
  const end = Number(query.get('endTimestamp') ?? newestAt)
  const first = Math.max(0, Math.ceil(indexAt(start)))
  const last = Math.min(count - 1, Math.floor(indexAt(end)))
  const size = Math.max(0, Math.min(limit, last - first + 1))
  const isNewestFirst = query.get('direction') === 'FromEnd'
  const indices = Array.from({ length: size }, (_, step) =>
    isNewestFirst ? last - step : first + step,
  )
  const text = `{"conversationEntries":[${indices.map(entryAt).join(',')}]}`
  pages.set(search, text)
  return text
}

function accept(body: string): string {
  const id = JSON.parse(body).message?.id ?? randomUUID()
  return `{"conversationEntries":[{"id":"${id}","clientTimestamp":${Date.now()}}]}`
}

function setCount(body: string): StubReply {
  count = JSON.parse(body).count
  pages.clear()
  return { json: '{}' }
}

serveStub(({ method, path, body }: StubRequest): StubReply => {
  const [pathname = '', search = ''] = path.split('?')
  if (pathname === '/__entries') return setCount(body)
  if (pathname.endsWith('/access-token')) return { json: token }
  if (pathname.endsWith('/entries')) return { json: page(search) }
  if (pathname.endsWith('/message')) return { status: 202, json: accept(body) }
  return { json: method === 'GET' ? '{"routingStatus":"INITIAL"}' : '{}' }
})
