import { errors } from 'jose'
import * as z from 'zod'
import { verifiedSubject } from '../key-set.js'
import { Refusal } from '../refusal.js'
import { isVerified, newGuestSubject } from '../tokens.js'
import type { World } from '../world.js'
import { authorised, type Operation, read } from './operation.js'
import { admitTokenRequest, checkTokenRequest, tokenAnswer, tokenRequest } from './token-answer.js'

const verifiedTokenRequest = tokenRequest.extend({
  authorizationType: z.literal('JWT'),
  customerIdentityToken: z.string().min(1),
})

const path = '/iamessage/api/v2/authorization/authenticated/access-token'

/** Tokens of users that the site vouches for, and their end (`enhanced-chat-api.md` §1.5, §1.9). */
export const verifiedTokenOperations: Operation[] = [
  {
    operationId: 'generateAccessTokenForAuthenticatedUser',
    method: 'POST',
    path,
    act: async ({ world, body }) => {
      const request = read(verifiedTokenRequest, body)
      checkTokenRequest(world, request, 'Auth')
      admitTokenRequest(world, 'tokens')
      return tokenAnswer(world, await subjectOf(world, request.customerIdentityToken))
    },
  },
  {
    operationId: 'revokeToken',
    method: 'DELETE',
    path,
    act: authorised(({ world }, { subject, clientId }) => {
      if (!isVerified(subject)) throw new Refusal(401, 'Only tokens of verified users are revoked')
      world.endedClients.set(clientId, 'revoked')
      return new Response(null, { status: 204 })
    }),
  },
]

/** Sources disagree on a broken chain: a silent guest, or an error (§1.5). */
async function subjectOf(world: World, identityToken: string): Promise<string> {
  try {
    return await verifiedSubject(world, identityToken)
  } catch (error) {
    if (world.switches.verifiedFailure === 'guest') return newGuestSubject()
    const isExpired = error instanceof errors.JWTExpired
    throw isExpired
      ? new Refusal(401, 'The customer identity token is expired')
      : new Refusal(400, 'The customer identity token is invalid')
  }
}
