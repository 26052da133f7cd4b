/**
 * Serves the sandbox's Salesforce as a separate process; `SALESFORCE_OPTIONS` holds its options as
 * JSON. `/__sandbox` has the sandbox's controls; `GET /__entries` returns every stored entry.
 */
import * as z from 'zod'
import { createSalesforce } from '../../sandbox/salesforce/index.js'
import { serve } from '../../sandbox/server/serve.js'

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
    const entries = happened.map(({ entry }) => ({
      id: entry.identifier,
      isMessage: entry.entryType === 'Message',
      content: JSON.stringify(entry.entryPayload),
    }))
    return { id, entries }
  })
  return Response.json(conversations)
}

const server = await serve((request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/__entries') return entryLogs()
  if (pathname.startsWith('/__sandbox')) return salesforce.handleControl(request)
  return salesforce.handle(request)
})
console.log(`Listening on ${server.url}`)
