import type { CallOptions, Request } from './http.js'
import { ChatProblem, type ProblemMembers, problemFrom } from './problem.js'
import type { Drawer } from './storage.js'
import type { AuthReply } from './wire.js'

/** The visitor's tokens as they are remembered. */
export type Tokens = {
  token: string
  refreshToken: string
  /** This device's clock, epoch milliseconds: from then on it is renewed before use. */
  renewAt: number
  /** Whom the site's login named; absent for a guest. */
  who?: string | undefined
}

/** A JWT of the site's login, or what fetches a fresh one. */
export type IdentityToken = string | (() => string | Promise<string>)

/** One call as the visitor; throws a `ChatProblem`. */
export type Call = ReturnType<typeof createSession>

/** Of each second of a token's life, milliseconds: a tenth is left when it is renewed. */
const renewedAfter = 900

/** Enough of a JWT to tell people apart. */
function personIn(token: string): string {
  const [, claims = ''] = token.split('.')
  return JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/'))).sub
}

/**
 * Calls the gateway as the visitor, whose tokens it renews: before they end, and when one is refused.
 * Who `isEngaged` in a conversation does not silently become somebody else; where somebody else has signed
 * in or out on this device, `onStranger` lets go what was remembered of the one before.
 */
export function createSession(
  request: Request,
  tokens: Drawer<Tokens>,
  identityToken: IdentityToken | undefined,
  isEngaged: () => boolean,
  onStranger: () => Promise<unknown>,
) {
  let isChecked = false

  const identify = async () =>
    typeof identityToken === 'function' ? identityToken() : identityToken

  /** A guest's tokens are no good to somebody who has signed in: they are traded first. */
  const isOwn = (kept: Tokens | null): kept is Tokens => !!kept && (!!kept.who || !identityToken)

  /** The same visitor again; a guest who has signed in; or a new one, when nothing is lost by it. */
  async function next(kept: Tokens | null): Promise<Tokens> {
    const identity = isOwn(kept) ? undefined : await identify()
    if (!kept && !identity && isEngaged()) {
      throw new ChatProblem({ code: 'refresh_rejected', retryable: false })
    }
    try {
      const body = { refreshToken: kept?.refreshToken, identityToken: identity }
      const { token, refreshToken, expiresIn } = await request<AuthReply>('/api/auth', { body })
      return {
        token,
        refreshToken,
        renewAt: Date.now() + expiresIn * renewedAfter,
        who: identity ? personIn(identity) : kept?.who,
      }
    } catch (error) {
      if (!kept || (error as ProblemMembers).code !== 'refresh_rejected') throw error
      return await next(null)
    }
  }

  /**
   * Other than the stale one. It is looked at again under the lock, for another tab may have renewed it;
   * and once for a page, whether it is of the person whom the page names.
   */
  async function currentToken(stale?: string): Promise<string> {
    const isGood = (kept: Tokens | null): kept is Tokens =>
      isOwn(kept) && kept.token !== stale && Date.now() < kept.renewAt
    const found = await tokens.read()
    if (isChecked && isGood(found)) return found.token
    const renewed = await tokens.change(async (kept) => {
      let ours = kept
      if (!isChecked && kept?.who) {
        const identity = await identify()
        if (!identity || personIn(identity) !== kept.who) {
          ours = null
          await onStranger()
        }
      }
      return isGood(ours) ? ours : await next(ours)
    })
    isChecked = true
    return renewed?.token ?? ''
  }

  return async function call<T>(
    path: string,
    options?: CallOptions<T>,
    stale?: string,
  ): Promise<T> {
    let token = stale
    try {
      token = await currentToken(stale)
      return await request(path, { ...options, token })
    } catch (error) {
      const problem = problemFrom(error)
      if (stale || problem.code !== 'unauthenticated') throw problem
      return await call(path, options, token)
    }
  }
}
