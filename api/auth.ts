import { authReply, noReply } from '../lib/contract/replies.js'
import { authRequest, signOutRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { allowAnyone, requireVisitor } from '../lib/http/guards.js'
import { guideJsonBody } from '../lib/http/guide-body.js'

/** Signs a visitor in: a new guest, one whom the site's login knows, or the same visitor again. */
const signIn = method({
  name: 'auth',
  method: 'POST',
  input: authRequest,
  body: guideJsonBody,
  reply: authReply,
  guard: allowAnyone('auth'),
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
  async act({ input, visitors }) {
    const { identityToken, refreshToken, challenge } = input
    if (identityToken) return visitors.signIn(identityToken, refreshToken)
    return refreshToken ? visitors.refresh(refreshToken) : visitors.createGuest(challenge)
  },
})

/** Signs a device out; a guest is forgotten with it. */
const signOut = method({
  name: 'auth',
  method: 'DELETE',
  input: signOutRequest,
  reply: noReply,
  guard: requireVisitor('other', 'visitor'),
  docs: {
    operationId: 'signOut',
    tag: 'Visitors',
    summary: 'Forgets a guest, or signs a device out',
    description:
      'A guest’s open conversations are ended and all that was kept is deleted. The token is refused from then on.',
    responses: { 204: 'Forgotten.' },
    problems: ['upstream_unavailable'],
  },
  async act({ input, caller, visitors, conversations }) {
    if (!caller.verified) await conversations.forgetGuest(caller)
    await visitors.signOut(caller, input.everywhere === 'true' ? 'everywhere' : 'device')
    return null
  },
})

export default endpoint(signIn, signOut)
