import { authReply, noReply } from '../lib/contract/replies.js'
import { authRequest, signOutRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { allowAnyoneWhoIsCounted, requireVisitor, signedInOrLeaving } from '../lib/http/guards.js'
import { guideJsonBody } from '../lib/http/guide-body.js'

/** Signs a visitor in: a new guest, one whom the site's login knows, or the same visitor again. */
const signIn = method({
  name: 'auth',
  method: 'POST',
  input: authRequest,
  body: guideJsonBody,
  reply: authReply,
  guard: allowAnyoneWhoIsCounted('auth'),
  docs: {
    operationId: 'signIn',
    tag: 'Visitors',
    summary: 'Says who a visitor is',
    description:
      'Without a body: a new anonymous visitor. With `refreshToken`: the same visitor again; the token is replaced, and using an old one again ends the whole session. With `identityToken`: a visitor whom the site’s own login knows; both together: a guest signs in and keeps the conversations. Salesforce is not called.\n\nWhere the gateway has a `TURNSTILE_SECRET`, a new anonymous visitor needs a `challenge`: a problem `invalid_request` whose `errors` name `challenge` says that it is missing, too old or used before, so solve a new one. `upstream_unavailable`: it, or an identity token, cannot be checked now. Elsewhere, and beside the other tokens, a challenge is ignored.\n\nAs `/api/messaging/auth` it also reads JSON sent as `text/plain` or without a type, and takes `deploymentId`, the API name of the deployment that the gateway serves.',
    responses: { 200: 'The visitor and a token for all other calls.' },
    problems: [
      'identity_rejected',
      'refresh_rejected',
      'anonymous_disabled',
      'upstream_unavailable',
    ],
  },
  async act({ input, count, visitors }) {
    const { identityToken, refreshToken, challenge } = input
    if (identityToken) return visitors.signIn(identityToken, refreshToken, count)
    return refreshToken
      ? visitors.refresh(refreshToken, count)
      : visitors.createGuest(challenge, count)
  },
})

/** Signs a device out; a guest is forgotten with it. */
const signOut = method({
  name: 'auth',
  method: 'DELETE',
  input: signOutRequest,
  reply: noReply,
  guard: requireVisitor(
    'other',
    ({ readStanding }, caller) => readStanding(caller),
    signedInOrLeaving,
  ),
  docs: {
    operationId: 'signOut',
    tag: 'Visitors',
    summary: 'Forgets a guest, or signs a device out',
    description:
      'A guest’s open conversations are ended and all that was kept is deleted. The token is refused from then on. `upstream_unavailable`: Salesforce did not end a conversation; the visitor is signed out, and a repeat with the same token ends it, or gives it up.',
    responses: { 204: 'Forgotten.' },
    problems: ['upstream_unavailable'],
  },
  async act({ input, caller, visitors, conversations }) {
    await visitors.signOut(caller, input.everywhere === 'true' ? 'everywhere' : 'device')
    if (!caller.verified) await conversations.signOutGuest(caller)
    return null
  },
})

export default endpoint(signIn, signOut)
