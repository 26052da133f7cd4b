/**
 * The one registry of endpoints, for all hosts, the local server and OpenAPI. `npm run openapi`
 * generates it from the files of `api/`: do not edit it.
 */
import availability from '../api/_availability.js'
import conversations from '../api/_conversations.js'
import health from '../api/_health.js'
import jwks from '../api/_jwks.js'
import notFound from '../api/_not-found.js'
import transcript from '../api/_transcript.js'
import auth from '../api/auth.js'
import end from '../api/end.js'
import poll from '../api/poll.js'
import send from '../api/send.js'
import start from '../api/start.js'
import upload from '../api/upload.js'

/** Answers a path that leads to no endpoint. */
export { notFound }

/** Every endpoint under the path that Vercel gives it. */
export const endpoints = new Map([
  ['/api/auth', auth],
  ['/api/availability', availability],
  ['/api/conversations', conversations],
  ['/api/end', end],
  ['/api/health', health],
  ['/api/jwks', jwks],
  ['/api/other', notFound],
  ['/api/poll', poll],
  ['/api/send', send],
  ['/api/start', start],
  ['/api/transcript', transcript],
  ['/api/upload', upload],
])
