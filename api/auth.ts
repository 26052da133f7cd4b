import { authReply, noReply } from '../lib/contract/replies.js'
import { authRequest, signOutRequest } from '../lib/contract/requests.js'
import { anybody, visitor } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'
import { GatewayError } from '../lib/problem.js'

/** Says who a visitor is: a new guest, or the same visitor again. */
const signIn = method({
  name: 'auth',
  method: 'POST',
  input: authRequest,
  reply: authReply,
  needs: anybody('auth'),
  async act({ input, visitors }) {
    if (input.identityToken) throw new GatewayError('identity_rejected')
    return input.refreshToken ? visitors.refresh(input.refreshToken) : visitors.welcomeGuest()
  },
})

/** Forgets a guest, and signs this device out. */
const signOut = method({
  name: 'auth',
  method: 'DELETE',
  input: signOutRequest,
  reply: noReply,
  needs: visitor('other', 'visitor'),
  async act({ caller, visitors, conversations }) {
    await visitors.signOut(caller)
    await conversations.forget(caller)
    return null
  },
})

export default endpoint(signIn, signOut)
