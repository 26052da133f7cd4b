import { authReply, noReply } from '../lib/contract/replies.js'
import { authRequest, signOutRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { allowAnyone, requireVisitor } from '../lib/http/guards.js'
import { guideJsonBody } from '../lib/http/guide-body.js'

/** Says who a visitor is: a new guest, one whom the site's login knows, or the same visitor again. */
const signIn = method({
  name: 'auth',
  method: 'POST',
  input: authRequest,
  body: guideJsonBody,
  reply: authReply,
  guard: allowAnyone('auth'),
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
  async act({ input, caller, visitors, conversations }) {
    if (!caller.verified) await conversations.forgetGuest(caller)
    await visitors.signOut(caller, input.everywhere === 'true' ? 'everywhere' : 'device')
    return null
  },
})

export default endpoint(signIn, signOut)
