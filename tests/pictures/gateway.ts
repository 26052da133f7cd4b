/** Imitates a gateway whose answers are always the same, to the millisecond. */
import type { BrowserContext, Route } from 'playwright-core'
import type { ActivityReply, PollReply } from '../../client/core/api-types.js'
import { conversationId, now } from '../widget/fixtures/message.js'
import type { Conversation } from './conversations.js'

const later = '2026-03-12T10:13:00.000Z'

const auth = {
  ...{ token: 't', tokenType: 'Bearer', expiresIn: 900, expiresAt: later },
  ...{ refreshToken: 'r', refreshExpiresAt: later, user: { id: 'v', verified: false } },
}
const start = {
  ...{ conversationId, status: 'open', resumed: false, startedAt: now, expiresAt: null },
  ...{ prechat: null, attachments: { maxBytes: 5_000_000 } },
}

const silence: ActivityReply = { typing: [], progress: null, queuePosition: null, partial: null }

function pageOf({ messages, conversation, activity }: Conversation): PollReply {
  return {
    messages: messages.map(({ delivery: _, ...message }) => message),
    ...{ cursor: 'c', hasMore: false, before: null, pollAfterMs: 3000 },
    ...{ waitSeconds: activity ? 25 : 0, conversation },
    ...(activity && { activity: { ...silence, ...activity } }),
  }
}

/** Values of `Server-Timing` by path, for the view of what happens underneath. */
const timings: Record<string, string> = {
  '/api/auth': 'total;dur=14, redis;dur=9, salesforce;dur=0',
  '/api/start': 'total;dur=88, redis;dur=12, salesforce;dur=71',
  '/api/poll': 'total;dur=36, redis;dur=5, salesforce;dur=28',
}

const statuses: Record<string, number> = { '/api/start': 201, '/api/send': 202 }

/** The harbour, wherever a picture is asked for. */
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 270" width="480" height="270">
<rect width="480" height="270" fill="#a9d3df"/><circle cx="390" cy="70" r="34" fill="#ffd9a0"/>
<path d="M0 190h480v80H0z" fill="#0e6377"/><path d="M70 190h300l-34 46H110z" fill="#b3402e"/>
<path d="M120 160h50v30h-50zm104 0h50v30h-50z" fill="#e0a13a"/><path d="M172 160h50v30h-50zm-26-32h50v30h-50z" fill="#e9695a"/>
<path d="M198 128h50v30h-50z" fill="#5fae8b"/><path d="M292 110h44v80h-44z" fill="#f4f7f8"/></svg>`

/** Answers all that pages ask of the gateway, and of others. */
export async function answerWith(
  conversation: Conversation,
  context: BrowserContext,
): Promise<void> {
  const replies: Record<string, object> = {
    '/api/auth': auth,
    '/api/start': conversation.refusal ?? start,
    '/api/poll': pageOf(conversation),
    '/api/send': { id: 'i', conversationId, timestamp: now, duplicate: false },
  }
  const asked: string[] = []
  await context.route(/\/api\//, (route: Route) => {
    const { pathname } = new URL(route.request().url())
    // The second poll is never answered: how many there were by then would be for chance to say.
    if (pathname === '/api/poll' && asked.includes(pathname)) return
    asked.push(pathname)
    const headers = { 'server-timing': timings[pathname] ?? '' }
    const refused = pathname === '/api/start' ? conversation.refusal?.status : undefined
    const status = refused ?? statuses[pathname] ?? 200
    return route.fulfill({ status, json: replies[pathname] ?? {}, headers })
  })
  await context.route('https://pictures.example/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: drawing }),
  )
}
