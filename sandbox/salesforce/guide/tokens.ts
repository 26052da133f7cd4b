import { formType, mediaType } from '../exchange.js'
import type { Call, Operation } from '../operations/operation.js'
import { admitTokenRequest, checkTokenRequest } from '../operations/token-answer.js'
import { notFound } from '../refusal.js'
import { mintToken, newGuestSubject, readToken } from '../tokens.js'
import { salesforceNow } from '../world.js'
import { checkAssertion, OAuthRefusal } from './assertion.js'
import { jsonBody } from './call.js'
import { guideBodies } from './requests.js'

/** The two kinds of token are told apart by the version they were issued for. */
const loginVersion = 'login'
const loginLifeSeconds = 2 * 60 * 60

/** From the gateway's key to a token for one visitor. */
export const tokenOperations: Operation[] = [
  {
    operationId: 'exchangeAssertion',
    method: 'POST',
    path: '/services/oauth2/token',
    act: exchangeAssertion,
  },
  {
    operationId: 'authorize',
    method: 'POST',
    path: '/iamessage/api/v2/authorization',
    act: authorize,
  },
]

async function exchangeAssertion({ world, request, body }: Call): Promise<Response> {
  if (!world.login) throw notFound('Resource')
  if (mediaType(request.headers) !== formType) {
    throw new OAuthRefusal('invalid_request', 'the body must be a form')
  }
  const { data, error } = guideBodies.exchangeAssertion.safeParse(body)
  const isOtherGrant = error?.issues.some(({ path }) => path[0] === 'grant_type')
  if (isOtherGrant) throw new OAuthRefusal('unsupported_grant_type', 'grant type not supported')
  if (!data) throw new OAuthRefusal('invalid_request', 'assertion is missing')
  await checkAssertion(world, world.login, data.assertion)
  const accessToken = await mintToken(world, {
    subject: world.login.clientId,
    apiVersion: loginVersion,
    expiresAtSeconds: Math.floor(salesforceNow(world) / 1000) + loginLifeSeconds,
  })
  return Response.json({ access_token: accessToken, token_type: 'Bearer' })
}

/** A new visitor; where to go on is the host that was asked, unless switched. */
async function authorize(call: Call): Promise<Response> {
  const { world, request } = call
  await readToken(world, request.headers.get('authorization'), loginVersion)
  const asked = jsonBody(call, guideBodies.authorize)
  checkTokenRequest(world, asked, 'UnAuth')
  admitTokenRequest(world, 'tokens')
  const { contextUrl, guestTokenLifeSeconds } = world.switches
  const url = contextUrl ?? new URL(request.url).host
  return Response.json({
    accessToken: await mintToken(world, { subject: newGuestSubject() }),
    context: { url, esDeveloperName: world.deployment.esDeveloperName },
    expiresIn: guestTokenLifeSeconds,
  })
}
