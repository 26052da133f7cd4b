/** The endpoints by name, imported one by one, so that a bundler finds them. */
import auth from '../api/auth.js'
import availability from '../api/availability.js'
import conversations from '../api/conversations.js'
import end from '../api/end.js'
import health from '../api/health.js'
import jwks from '../api/jwks.js'
import notFoundEndpoint from '../api/not-found.js'
import poll from '../api/poll.js'
import send from '../api/send.js'
import start from '../api/start.js'
import transcript from '../api/transcript.js'
import upload from '../api/upload.js'
import type { Endpoints } from './handler.js'

/** Answers every path that has no endpoint. */
export const notFound = notFoundEndpoint.fetch

/** Every file of `api/` under the path that Vercel gives it. */
export const endpoints: Endpoints = new Map([
  ['/api/auth', auth.fetch],
  ['/api/availability', availability.fetch],
  ['/api/conversations', conversations.fetch],
  ['/api/end', end.fetch],
  ['/api/health', health.fetch],
  ['/api/jwks', jwks.fetch],
  ['/api/not-found', notFound],
  ['/api/poll', poll.fetch],
  ['/api/send', send.fetch],
  ['/api/start', start.fetch],
  ['/api/transcript', transcript.fetch],
  ['/api/upload', upload.fetch],
])
