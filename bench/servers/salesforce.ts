/**
 * The sandbox's Salesforce as a process of its own; its options come as JSON in `SALESFORCE_OPTIONS`.
 * Under `/__sandbox` it takes what the sandbox takes; `GET /__entries` gives all that it stores.
 */
import * as z from 'zod'
import { createSalesforce } from '../../sandbox/salesforce/index.js'
import { serve } from '../../sandbox/server/serve.js'

const salesforce = createSalesforce(JSON.parse(process.env.SALESFORCE_OPTIONS ?? '{}'))

/** Every conversation and what has happened in it. */
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
