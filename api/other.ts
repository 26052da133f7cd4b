/**
 * Answers, as one function of Vercel, for the endpoints that have none of their own and for every
 * path that leads to no endpoint. `npm run openapi` generates it from the files of `api/` that
 * start with `_`: do not edit it.
 */
import { shareFunction } from '../lib/http/shared-function.js'
import availability from './_availability.js'
import conversations from './_conversations.js'
import health from './_health.js'
import jwks from './_jwks.js'
import notFound from './_not-found.js'
import transcript from './_transcript.js'

const endpoints = new Map([
  ['/api/availability', availability],
  ['/api/conversations', conversations],
  ['/api/health', health],
  ['/api/jwks', jwks],
  ['/api/transcript', transcript],
])

export default shareFunction(endpoints, notFound)
