/**
 * Serves the sandbox's Salesforce as a separate process; `SALESFORCE_OPTIONS` holds its options as
 * JSON. `/__sandbox` has the sandbox's controls; `GET /__entries` returns every stored entry,
 * and `GET /__calls` the number of calls so far (`SalesforceCalls`).
 */
import * as z from 'zod'
import { createSalesforce } from '../../sandbox/salesforce/index.js'
import { serve } from '../../sandbox/server/serve.js'
import { injectedHeader, type SalesforceCalls } from './salesforce-calls.js'

const salesforce = createSalesforce(JSON.parse(process.env.SALESFORCE_OPTIONS ?? '{}'))

/** Returns every conversation with its entries up to now. */
async function entryLogs(): Promise<Response> {
  const listing = new Request('http://sandbox/__sandbox/conversations')
  const ids = z.array(z.string()).parse(await (await salesforce.handleControl(listing)).json())
  const now = Date.now()
  const conversations = ids.map((id) => {
    const happened = salesforce
      .conversation(id)
      .entryLog.filter(({ happensAt }) => happensAt <= now)
    const entries = happened.map(({ entry, happensAt }) => ({
      id: entry.identifier,
      isMessage: entry.entryType === 'Message',
      content: JSON.stringify(entry.entryPayload),
      at: happensAt,
    }))
    return { id, entries }
  })
  return Response.json(conversations)
}

const calls: SalesforceCalls = {
  lists: 0,
  refusedLists: 0,
  streams: 0,
  others: 0,
  refused: 0,
  bytes: 0,
}

function kindOf({ method, url }: Request): 'lists' | 'streams' | 'others' {
  const { pathname } = new URL(url)
  if (pathname === '/eventrouter/v1/sse') return 'streams'
  return method === 'GET' && pathname.endsWith('/entries') ? 'lists' : 'others'
}

/** Counts the bytes of a body on its way. */
function countBytes(response: Response): Response {
  if (!response.body) return response
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      calls.bytes += chunk.byteLength
      controller.enqueue(chunk)
    },
  })
  return new Response(response.body.pipeThrough(counter), response)
}

async function handleAndCount(request: Request): Promise<Response> {
  const kind = kindOf(request)
  calls[kind] += 1
  const response = await salesforce.handle(request)
  if (response.status === 429) {
    calls.refused += 1
    const isInjected = response.headers.has(injectedHeader)
    if (kind === 'lists' && !isInjected) calls.refusedLists += 1
  }
  return countBytes(response)
}

const server = await serve(async (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/__entries') return entryLogs()
  if (pathname === '/__calls') return Response.json(calls)
  if (pathname.startsWith('/__sandbox')) return salesforce.handleControl(request)
  return handleAndCount(request)
})
console.log(`Listening on ${server.url}`)
