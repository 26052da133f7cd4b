/** Every method that a stranger must not use: the list of all doors, and a good call for each. */
import auth from '../../api/auth.js'
import conversations from '../../api/conversations.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import transcript from '../../api/transcript.js'
import upload from '../../api/upload.js'
import { fileOf, formOf } from '../api/uploading.js'
import { type Answer, type Knock, knock } from '../support/knock.js'

type Call = (conversationId: string, wish: Knock) => Promise<Answer>

/** By method and path: calls that name a conversation. */
export const aboutConversations: Readonly<Record<string, Call>> = {
  'POST /api/start': (conversationId, wish) =>
    knock(start, { ...wish, body: { conversationId, resume: false } }),
  'POST /api/send': (conversationId, wish) =>
    knock(send, { ...wish, body: { conversationId, text: 'Hello' } }),
  'GET /api/poll': (conversationId, wish) => knock(poll, { ...wish, query: { conversationId } }),
  'POST /api/end': (conversationId, wish) => knock(end, { ...wish, body: { conversationId } }),
  'POST /api/upload': (conversationId, wish) =>
    knock(upload, { ...wish, form: formOf({ conversationId, file: fileOf() }) }),
  'GET /api/transcript': (conversationId, wish) =>
    knock(transcript, { ...wish, query: { conversationId } }),
}

/** By method and path: all that need a token. */
export const guarded: Readonly<Record<string, Call>> = {
  ...aboutConversations,
  'GET /api/conversations': (_, wish) => knock(conversations, wish),
  'DELETE /api/auth': (_, wish) => knock(auth, { ...wish, method: 'DELETE' }),
}
