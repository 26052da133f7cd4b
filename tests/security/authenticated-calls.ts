/** Lists every method that needs a visitor's token, with a valid call for each. */

import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import { type RequestOptions, request, type TestResponse } from '../support/request.js'
import { createFile, createForm } from '../support/uploads.js'

type Call = (conversationId: string, options: RequestOptions) => Promise<TestResponse>

/** Maps method and path to calls that name a conversation. */
export const conversationCalls: Readonly<Record<string, Call>> = {
  'POST /api/start': (conversationId, options) =>
    request(start, { ...options, body: { conversationId, resume: false } }),
  'POST /api/send': (conversationId, options) =>
    request(send, { ...options, body: { conversationId, text: 'Hello' } }),
  'GET /api/poll': (conversationId, options) =>
    request(poll, { ...options, query: { conversationId } }),
  'POST /api/poll': (conversationId, options) =>
    request(poll, { ...options, body: { conversationId } }),
  'POST /api/end': (conversationId, options) =>
    request(end, { ...options, body: { conversationId } }),
  'POST /api/upload': (conversationId, options) =>
    request(upload, { ...options, form: createForm({ conversationId, file: createFile() }) }),
  'GET /api/transcript': (conversationId, options) =>
    request(transcript, { ...options, query: { conversationId } }),
}

/** Maps method and path to every call that needs a token. */
export const authenticatedCalls: Readonly<Record<string, Call>> = {
  ...conversationCalls,
  'GET /api/conversations': (_, options) => request(conversations, options),
  'DELETE /api/auth': (_, options) => request(auth, { ...options, method: 'DELETE' }),
}
