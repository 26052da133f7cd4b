import { formType, mediaType } from '../exchange.js'
import { notFound } from '../http-error.js'
import type { Call, Operation } from '../operations/operation.js'
import { checkTokenRequest, limitTokenRequests } from '../operations/token-response.js'
import { salesforceNow } from '../sandbox-state.js'
import { mintToken, newGuestSubject, readToken } from '../tokens.js'
import { checkAssertion, OAuthError } from './assertion.js'
import { parseJsonBody } from './json-body.js'
import { guideBodies } from './requests.js'

/** Marks a login token: the version it was issued for distinguishes the two kinds of token. */
const loginVersion = 'login'
const loginLifetimeSeconds = 2 * 60 * 60

/** Exchanges the gateway's assertion for a login token, and that for a visitor's token. */
export const tokenOperations: Operation[] = [
  {
    operationId: 'exchangeAssertion',
    method: 'POST',
    path: '/services/oauth2/token',
    handler: exchangeAssertion,
  },
  {
    operationId: 'authorize',
    method: 'POST',
    path: '/iamessage/api/v2/authorization',
    handler: authorize,
  },
]

async function exchangeAssertion({ sandbox, request, body }: Call): Promise<Response> {
  if (!sandbox.login) throw notFound('Resource')
  if (mediaType(request.headers) !== formType) {
    throw new OAuthError('invalid_request', 'the body must be a form')
  }
  const { data, error } = guideBodies.exchangeAssertion.safeParse(body)
  const isOtherGrant = error?.issues.some(({ path }) => path[0] === 'grant_type')
  if (isOtherGrant) throw new OAuthError('unsupported_grant_type', 'grant type not supported')
  if (!data) throw new OAuthError('invalid_request', 'assertion is missing')
  await checkAssertion(sandbox, sandbox.login, data.assertion)
  const accessToken = await mintToken(sandbox, {
    subject: sandbox.login.clientId,
    apiVersion: loginVersion,
    expiresAtSeconds: Math.floor(salesforceNow(sandbox) / 1000) + loginLifetimeSeconds,
  })
  return Response.json({ access_token: accessToken, token_type: 'Bearer' })
}

/**
 * Creates a visitor; the response names the host that was called, unless the switch names another.
 */
async function authorize(call: Call): Promise<Response> {
  const { sandbox, request } = call
  await readToken(sandbox, request.headers.get('authorization'), loginVersion)
  const options = parseJsonBody(call, guideBodies.authorize)
  checkTokenRequest(sandbox, options, 'UnAuth')
  limitTokenRequests(sandbox, 'tokens')
  const { contextUrl, guestTokenLifeSeconds } = sandbox.switches
  const url = contextUrl ?? new URL(request.url).host
  return Response.json({
    accessToken: await mintToken(sandbox, { subject: newGuestSubject() }),
    context: { url, esDeveloperName: sandbox.deployment.esDeveloperName },
    expiresIn: guestTokenLifeSeconds,
  })
}
