import { randomUUID } from 'node:crypto'
import { lastEventId } from '../stream/outbox.js'
import { mintToken, newGuestSubject } from '../tokens.js'
import { authorised, type Operation, parseRequest } from './operation.js'
import {
  checkTokenRequest,
  limitTokenRequests,
  tokenRequest,
  tokenResponse,
} from './token-response.js'

/**
 * Issues and renews tokens of guests (`enhanced-chat-api.md` §1.5, §1.8), and authorization links
 * (§2.5).
 */
export const tokenOperations: Operation[] = [
  {
    operationId: 'generateAccessTokenForUnauthenticatedUser',
    method: 'POST',
    path: '/iamessage/api/v2/authorization/unauthenticated/access-token',
    handler: ({ sandbox, body }) => {
      const request = parseRequest(tokenRequest, body)
      checkTokenRequest(sandbox, request, 'UnAuth')
      limitTokenRequests(sandbox, 'tokens')
      return tokenResponse(sandbox, newGuestSubject(), request)
    },
  },
  {
    operationId: 'generateContinuationToken',
    method: 'GET',
    path: '/iamessage/api/v2/authorization/continuation-access-token',
    handler: authorised(async ({ sandbox }, { clientId, ...options }) => {
      limitTokenRequests(sandbox, 'renewals')
      return Response.json({
        accessToken: await mintToken(sandbox, options),
        lastEventId: String(lastEventId(sandbox)),
      })
    }),
  },
  {
    operationId: 'getAuthLink',
    method: 'GET',
    path: '/iamessage/api/v2/authorization/authlink',
    handler: authorised(() => Response.json({ auth_link_key: randomUUID() })),
  },
]
