import { authReply, noReply } from '../lib/contract/replies.js'
import { authRequest, signOutRequest } from '../lib/contract/requests.js'
import { guideJson } from '../lib/corridor/guide-body.js'
import { anybody, visitor } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Says who a visitor is: a new guest, one whom the site's login knows, or the same visitor again. */
const signIn = method({
  name: 'auth',
  method: 'POST',
  input: authRequest,
  body: guideJson,
  reply: authReply,
  needs: anybody('auth'),
  async act({ input, visitors }) {
    const { identityToken, refreshToken, challenge } = input
    if (identityToken) return visitors.signIn(identityToken, refreshToken)
    return refreshToken ? visitors.refresh(refreshToken) : visitors.welcomeGuest(challenge)
  },
})

/** Signs a device out; a guest is forgotten with it. */
const signOut = method({
  name: 'auth',
  method: 'DELETE',
  input: signOutRequest,
  reply: noReply,
  needs: visitor('other', 'visitor'),
  async act({ input, caller, visitors, conversations }) {
    if (!caller.verified) await conversations.forget(caller)
    await visitors.signOut(caller, input.everywhere === 'true' ? 'everywhere' : 'device')
    return null
  },
})

export default endpoint(signIn, signOut)
