/**
 * The one registry of endpoints, for all hosts, the local server and OpenAPI. `npm run openapi` generates it from the
 * files of `api/`: do not edit it.
 */
import auth from '../api/auth.js'
import availability from '../api/availability.js'
import conversations from '../api/conversations.js'
import end from '../api/end.js'
import health from '../api/health.js'
import jwks from '../api/jwks.js'
import notFound from '../api/not-found.js'
import poll from '../api/poll.js'
import send from '../api/send.js'
import start from '../api/start.js'
import transcript from '../api/transcript.js'
import upload from '../api/upload.js'

/** Every endpoint under the path that Vercel gives its file. */
export const endpoints = new Map([
  ['/api/auth', auth],
  ['/api/availability', availability],
  ['/api/conversations', conversations],
  ['/api/end', end],
  ['/api/health', health],
  ['/api/jwks', jwks],
  ['/api/not-found', notFound],
  ['/api/poll', poll],
  ['/api/send', send],
  ['/api/start', start],
  ['/api/transcript', transcript],
  ['/api/upload', upload],
])
