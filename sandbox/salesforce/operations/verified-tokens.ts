import { errors } from 'jose'
import * as z from 'zod'
import { HttpError } from '../http-error.js'
import { verifiedSubject } from '../key-set.js'
import type { SandboxState } from '../sandbox-state.js'
import { isVerified, newGuestSubject } from '../tokens.js'
import { authorised, type Operation, parseRequest } from './operation.js'
import {
  checkTokenRequest,
  limitTokenRequests,
  tokenRequest,
  tokenResponse,
} from './token-response.js'

const verifiedTokenRequest = tokenRequest.extend({
  authorizationType: z.literal('JWT'),
  customerIdentityToken: z.string().min(1),
})

const path = '/iamessage/api/v2/authorization/authenticated/access-token'

/**
 * Issues and revokes tokens of users whom the site verifies (`enhanced-chat-api.md` §1.5, §1.9).
 */
export const verifiedTokenOperations: Operation[] = [
  {
    operationId: 'generateAccessTokenForAuthenticatedUser',
    method: 'POST',
    path,
    handler: async ({ sandbox, body }) => {
      const request = parseRequest(verifiedTokenRequest, body)
      checkTokenRequest(sandbox, request, 'Auth')
      limitTokenRequests(sandbox, 'tokens')
      const subject = await subjectOf(sandbox, request.customerIdentityToken)
      return tokenResponse(sandbox, subject, request)
    },
  },
  {
    operationId: 'revokeToken',
    method: 'DELETE',
    path,
    handler: authorised(({ sandbox }, { subject, clientId }) => {
      if (!isVerified(subject))
        throw new HttpError(401, 'Only tokens of verified users are revoked')
      sandbox.endedTokens.set(clientId, 'revoked')
      return new Response(null, { status: 204 })
    }),
  },
]

/**
 * Returns the user's subject. Sources disagree on a broken chain: a silent guest, or an error
 * (§1.5).
 */
async function subjectOf(sandbox: SandboxState, identityToken: string): Promise<string> {
  try {
    return await verifiedSubject(sandbox, identityToken)
  } catch (error) {
    if (sandbox.switches.verifiedFailure === 'guest') return newGuestSubject()
    const isExpired = error instanceof errors.JWTExpired
    throw isExpired
      ? new HttpError(401, 'The customer identity token is expired')
      : new HttpError(400, 'The customer identity token is invalid')
  }
}
