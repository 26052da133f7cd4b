import type { AuthReply } from './api-types.js'
import type { CallOptions, Request } from './http.js'
import { ChatProblem, type ProblemMembers, problemFrom } from './problem.js'
import type { StoredValue } from './storage.js'

/** The visitor's tokens as they are remembered. */
export type Tokens = {
  token: string
  refreshToken: string
  /** This device's clock, epoch milliseconds: from then on it is renewed before use. */
  renewAt: number
  /** The subject of the site's identity token; absent for a guest. */
  who?: string | undefined
}

/** A JWT of the site's login, or what fetches a fresh one. */
export type IdentityToken = string | (() => string | Promise<string>)

/** One call as the visitor; throws a `ChatProblem`. */
export type Call = ReturnType<typeof createSession>

/** Milliseconds of each second of a token's life after which it is renewed: a tenth is left. */
const renewShareMs = 900

/** Enough of a JWT to tell people apart. */
function subjectOf(token: string): string {
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
  tokens: StoredValue<Tokens>,
  identityToken: IdentityToken | undefined,
  isEngaged: () => boolean,
  onOtherVisitor: () => Promise<unknown>,
) {
  let isChecked = false

  const resolveIdentityToken = async () =>
    typeof identityToken === 'function' ? identityToken() : identityToken

  /** A guest's tokens are no good to somebody who has signed in: they are traded first. */
  const isCurrent = (stored: Tokens | null): stored is Tokens =>
    !!stored && (!!stored.who || !identityToken)

  /** The same visitor again; a guest who has signed in; or a new one, when nothing is lost by it. */
  async function fetchTokens(stored: Tokens | null): Promise<Tokens> {
    const identity = isCurrent(stored) ? undefined : await resolveIdentityToken()
    if (!stored && !identity && isEngaged()) {
      throw new ChatProblem({ code: 'refresh_rejected', retryable: false })
    }
    try {
      const body = { refreshToken: stored?.refreshToken, identityToken: identity }
      const { token, refreshToken, expiresIn } = await request<AuthReply>('/api/auth', { body })
      return {
        token,
        refreshToken,
        renewAt: Date.now() + expiresIn * renewShareMs,
        who: identity ? subjectOf(identity) : stored?.who,
      }
    } catch (error) {
      if (!stored || (error as ProblemMembers).code !== 'refresh_rejected') throw error
      return await fetchTokens(null)
    }
  }

  /**
   * Other than the stale one. It is looked at again under the lock, for another tab may have renewed it;
   * and once for a page, whether it is of the person whom the page names.
   */
  async function currentToken(stale?: string): Promise<string> {
    const isFresh = (stored: Tokens | null): stored is Tokens =>
      isCurrent(stored) && stored.token !== stale && Date.now() < stored.renewAt
    const found = await tokens.read()
    if (isChecked && isFresh(found)) return found.token
    const renewed = await tokens.change(async (stored) => {
      let ours = stored
      if (!isChecked && stored?.who) {
        const identity = await resolveIdentityToken()
        if (!identity || subjectOf(identity) !== stored.who) {
          ours = null
          await onOtherVisitor()
        }
      }
      return isFresh(ours) ? ours : await fetchTokens(ours)
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
