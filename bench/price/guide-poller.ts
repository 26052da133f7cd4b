/**
 * Plays the poller of the community guide behind a function of its own: every two seconds it lists
 * the whole conversation, by Salesforce's API as it is, and drops what it has seen.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { createSalesforce } from '../../sandbox/salesforce/index.js'
import { startChild } from '../child.js'
import { actUntil, createAgents } from '../delivery/agent.js'
import type { Measures } from '../delivery/measures.js'
import type { Size } from '../delivery/scenario.js'
import { salesforceCallsSchema } from '../servers/salesforce-calls.js'

const intervalMs = 2000
const pageSize = 50
const api = '/iamessage/api/v2'

const tokenReply = z.object({ accessToken: z.string() })
const entrySchema = z.object({
  identifier: z.string(),
  transcriptedTimestamp: z.number(),
  entryPayload: z.object({
    abstractMessage: z
      .object({ staticContent: z.object({ text: z.string().optional() }).optional() })
      .optional(),
  }),
})
const listReply = z.object({ conversationEntries: z.array(entrySchema) })

type Page = { entries: z.infer<typeof entrySchema>[]; status: number }

/** Runs the poller for as many visitors and as long as the gateway's scenarios. */
export async function runGuidePoller(size: Size): Promise<Measures> {
  const salesforce = await startChild('bench/servers/salesforce.ts', { SALESFORCE_OPTIONS: '{}' })
  const { orgId, esDeveloperName } = createSalesforce({})
  const agents = createAgents(salesforce.url)
  const functions = { calls: 0, ms: 0 }
  const polls = new Map<string, number>()
  let isOver = false

  async function ask(path: string, token: string | null, body?: object): Promise<Response> {
    return await fetch(`${salesforce.url}${api}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  }

  /** Does what a function of the guide does, and counts it. */
  async function inFunction<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const result = await work()
    functions.calls += 1
    functions.ms += performance.now() - startedAt
    return result
  }

  async function listPage(path: string, token: string): Promise<Page> {
    const response = await ask(path, token)
    if (!response.ok) {
      await response.body?.cancel()
      return { entries: [], status: response.status }
    }
    const { conversationEntries } = listReply.parse(await response.json())
    return { entries: conversationEntries, status: 200 }
  }

  /** Lists a conversation from its beginning. */
  async function listAll(conversationId: string, token: string): Promise<Page> {
    const all: Page['entries'] = []
    let since = 0
    for (;;) {
      const start = since > 0 ? `&startTimestamp=${since}` : ''
      const path = `/conversation/${conversationId}/entries?limit=${pageSize}&direction=FromStart${start}`
      const { entries, status } = await listPage(path, token)
      all.push(...entries)
      const last = entries.at(-1)?.transcriptedTimestamp ?? since
      if (status !== 200 || entries.length < pageSize || last <= since)
        return { entries: all, status }
      since = last
    }
  }

  async function open() {
    const platform = { capabilitiesVersion: '1', platform: 'Web' }
    const { accessToken: token } = tokenReply.parse(
      await inFunction(async () =>
        (
          await ask('/authorization/unauthenticated/access-token', null, {
            ...platform,
            orgId,
            esDeveloperName,
          })
        ).json(),
      ),
    )
    const conversationId = randomUUID()
    await inFunction(() => ask('/conversation', token, { conversationId, esDeveloperName }))
    return { conversationId, token }
  }

  async function send(conversationId: string, token: string, text: string): Promise<void> {
    const message = {
      id: randomUUID(),
      messageType: 'StaticContentMessage',
      staticContent: { formatType: 'Text', text },
    }
    const path = `/conversation/${conversationId}/message`
    await inFunction(() => ask(path, token, { message, esDeveloperName }))
  }

  async function follow(conversationId: string, token: string): Promise<void> {
    const seen = new Set<string>()
    for (let due = Date.now(); !isOver; due += intervalMs) {
      await sleep(Math.max(0, due - Date.now()))
      const { entries, status } = await inFunction(() => listAll(conversationId, token))
      polls.set(String(status), (polls.get(String(status)) ?? 0) + 1)
      const fresh = entries.filter(({ identifier }) => !seen.has(identifier))
      for (const { identifier } of fresh) seen.add(identifier)
      const texts = fresh.map(
        (entry) => entry.entryPayload.abstractMessage?.staticContent?.text ?? '',
      )
      agents.receive(texts, Date.now())
    }
  }

  try {
    const chats = await Promise.all(Array.from({ length: size.visitors }, open))
    const following = chats.map(({ conversationId, token }) => follow(conversationId, token))
    const endsAt = Date.now() + size.seconds * 1000
    await Promise.all(
      chats.flatMap(({ conversationId, token }) => [
        agents.writeUntil(endsAt, conversationId),
        size.visitorPauseMs
          ? actUntil(endsAt, size.visitorPauseMs, (number) =>
              send(conversationId, token, `Visitor ${number}`),
            )
          : [],
      ]),
    )
    const counted = await (await fetch(`${salesforce.url}/__calls`)).json()
    const calls = salesforceCallsSchema.parse(counted)
    const usage = {
      functionCalls: functions.calls,
      functionMs: functions.ms,
      cpuMs: null,
      redis: { requests: 0, commands: 0, bytesRead: 0, bytesWritten: 0 },
      salesforce: calls,
    }
    await agents.settle(20_000)
    isOver = true
    await Promise.all(following)
    return {
      name: "the guide's poller",
      ...agents.outcome(),
      polls,
      calls,
      redisRequests: 0,
      conversationSeconds: size.visitors * size.seconds,
      usage,
    }
  } finally {
    isOver = true
    await salesforce.end('SIGTERM')
  }
}
