import { randomUUID } from 'node:crypto'
import { lastEventId } from '../stream/outbox.js'
import { mintToken, newGuestSubject } from '../tokens.js'
import { authorised, type Operation, read } from './operation.js'
import { admitTokenRequest, checkTokenRequest, tokenAnswer, tokenRequest } from './token-answer.js'

/** Tokens of guests, and what every token is good for (`enhanced-chat-api.md` §1.5, §1.8, §2.5). */
export const tokenOperations: Operation[] = [
  {
    operationId: 'generateAccessTokenForUnauthenticatedUser',
    method: 'POST',
    path: '/iamessage/api/v2/authorization/unauthenticated/access-token',
    act: ({ world, body }) => {
      checkTokenRequest(world, read(tokenRequest, body), 'UnAuth')
      admitTokenRequest(world, 'tokens')
      return tokenAnswer(world, newGuestSubject())
    },
  },
  {
    operationId: 'generateContinuationToken',
    method: 'GET',
    path: '/iamessage/api/v2/authorization/continuation-access-token',
    act: authorised(async ({ world }, { subject, deviceId, expiresAtSeconds }) => {
      admitTokenRequest(world, 'renewals')
      const wish = { subject, deviceId, expiresAtSeconds }
      return Response.json({
        accessToken: await mintToken(world, wish),
        lastEventId: String(lastEventId(world)),
      })
    }),
  },
  {
    operationId: 'getAuthLink',
    method: 'GET',
    path: '/iamessage/api/v2/authorization/authlink',
    act: authorised(() => Response.json({ auth_link_key: randomUUID() })),
  },
]
