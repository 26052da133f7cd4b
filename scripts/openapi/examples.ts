/** Defines example bodies; a test holds each against its schema. */

const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
const id = '9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a'
const question = '0a9d1f7e-5a52-4f5b-8f39-3a0d5f0c9b12'
const timestamp = '2026-11-24T09:00:00.000Z'

const signIn = {
  guest: {},
  challenged: { challenge: '0.xBqp…' },
  refresh: { refreshToken: 'mVt0…' },
  identity: { identityToken: 'eyJhbGciOi…' },
}

const signedIn = {
  token: 'eyJhbGciOi…',
  tokenType: 'Bearer',
  expiresIn: 900,
  expiresAt: '2026-11-24T09:15:00.000Z',
  refreshToken: 'mVt0…',
  refreshExpiresAt: '2026-11-25T09:00:00.000Z',
  user: { id: 'g_5Hq2', verified: false },
}

const start = {
  plain: {},
  prechat: { routingAttributes: { _email: 'ada@example.com' }, language: 'en_US' },
}

const started = {
  conversationId,
  status: 'open',
  resumed: false,
  startedAt: timestamp,
  expiresAt: '2026-11-24T15:00:00.000Z',
  prechat: null,
  attachments: { maxBytes: 4194304, mimeTypes: ['image/png', 'application/pdf'] },
}
const resumed = { ...started, resumed: true }

const reply = { conversationId, id }
const answer = { ...reply, inReplyToMessageId: question }

const send = {
  text: { ...reply, text: 'Hello, is my container there?' },
  choice: {
    ...answer,
    messageType: 'ChoiceResponseMessage',
    selections: [{ itemId: 'b1c2', title: 'Rotterdam' }],
  },
  form: {
    ...answer,
    messageType: 'FormResponseMessage',
    values: [{ inputId: 'f1', type: 'date', value: '2026-11-24' }],
  },
  typing: { conversationId, messageType: 'TypingIndicator', typing: true },
  receipt: { conversationId, messageType: 'ReadReceipt', messageIds: [question], kind: 'read' },
}

const sent = { id, conversationId, timestamp, duplicate: false }

const polls = {
  first: { conversationId },
  next: { conversationId, cursor: 'c1.8JxQ…', wait: 25 },
}

const polled = {
  messages: [
    {
      id: question,
      conversationId,
      messageType: 'StaticContentMessage',
      sender: { role: 'Chatbot', displayName: 'Harbor Assistant' },
      timestamp,
      text: 'Hello, how can I help?',
      staticContent: { formatType: 'Text', text: 'Hello, how can I help?' },
    },
  ],
  cursor: 'c1.8JxQ…',
  hasMore: false,
  before: null,
  pollAfterMs: 3000,
  waitSeconds: 0,
  conversation: {
    id: conversationId,
    status: 'open',
    handledBy: 'bot',
    participants: [{ role: 'Chatbot', displayName: 'Harbor Assistant' }],
    endedBy: null,
    estimatedWaitSeconds: null,
    expiresAt: '2026-11-24T15:00:00.000Z',
  },
}

const end = {
  conversation: { conversationId },
  session: { conversationId, scope: 'session' },
}
const ended = { conversationId, status: 'ended', endedAt: timestamp }

const healthy = { status: 'ok', checks: { environment: 'ok', store: 'ok' } }
const evicting = { ...healthy, warnings: ['store_evicts'] }
const unhealthy = { status: 'down', checks: { environment: 'ok', store: 'down' } }

const conversations = {
  conversations: [{ conversationId, status: 'open', startedAt: timestamp }],
}

const available = { open: true, closesAt: '2026-11-24T17:00:00.000Z' }

type Examples = Readonly<Record<string, unknown>>

/** Holds examples of request bodies, by operation id and name. */
export const requestExamples: Readonly<Record<string, Examples>> = {
  signIn,
  start,
  send,
  pollByPost: polls,
  end,
}

/** Holds examples of reply bodies, by operation id, status and name. */
export const replyExamples: Readonly<Record<string, Readonly<Record<string, Examples>>>> = {
  signIn: { 200: { guest: signedIn } },
  start: { 200: { resumed }, 201: { opened: started } },
  send: { 202: { sent } },
  poll: { 200: { first: polled } },
  pollByPost: { 200: { first: polled } },
  end: { 200: { ended } },
  upload: { 202: { sent } },
  conversations: { 200: { list: conversations } },
  availability: { 200: { open: available } },
  keySet: { 200: { guest: { keys: [] } } },
  health: { 200: { well: healthy, evicting }, 503: { down: unhealthy } },
}
