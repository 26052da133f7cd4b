import type { AuthReply } from './api-types.js'
import type { CallOptions, Request } from './http.js'
import { isLike } from './json.js'
import { ChatProblem, type ProblemMembers, problemFrom } from './problem.js'
import type { StoredValue } from './storage.js'

/** Holds the visitor's tokens as they are stored. */
export type Tokens = {
  token: string
  refreshToken: string
  /**
   * Names the time from which the token is renewed before use: epoch milliseconds of this device.
   */
  renewAt: number
  /** Names the subject of the site's identity token; absent for a guest. */
  who?: string | undefined
}

/** Returns what was stored as tokens, if it is. */
export const parseTokens = (stored: unknown): Tokens | null =>
  isLike<Tokens>(stored, { token: '', refreshToken: '', renewAt: 0 }) ? stored : null

/**
 * Identifies the visitor by a JWT of the site's login, or by a function that fetches a fresh one.
 */
export type IdentityToken = string | (() => string | Promise<string>)

/** Sends one request as the visitor; throws a `ChatProblem`. */
export type Call = ReturnType<typeof createSession>

/**
 * Counts the milliseconds of each second of a token's life that pass before it is renewed: 90 %.
 */
const renewShareMs = 900

/** Returns a JWT's subject, which tells visitors apart. Verifies nothing. */
function subjectOf(token: string): string {
  const [, claims = ''] = token.split('.')
  return JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/'))).sub
}

/**
 * Calls the gateway as the visitor. Renews the tokens before they expire, and when one is refused.
 *
 * A visitor who `isActive` in a conversation does not silently become another one. Where another
 * visitor has signed in or out on this device, `onOtherVisitor` removes the data of the one before.
 */
export function createSession(
  request: Request,
  tokens: StoredValue<Tokens>,
  identityToken: IdentityToken | undefined,
  isActive: () => boolean,
  onOtherVisitor: () => Promise<unknown>,
) {
  let isChecked = false

  const resolveIdentityToken = async () =>
    typeof identityToken === 'function' ? identityToken() : identityToken

  /**
   * Tells whether tokens are usable. A guest's are not once the visitor signs in: they are
   * exchanged first.
   */
  const isCurrent = (stored: Tokens | null): stored is Tokens =>
    !!stored && (!!stored.who || !identityToken)

  /**
   * Fetches tokens for the same visitor, for a guest who has signed in, or for a new visitor when
   * no conversation is lost by that.
   */
  async function fetchTokens(stored: Tokens | null): Promise<Tokens> {
    const identity = isCurrent(stored) ? undefined : await resolveIdentityToken()
    if (!stored && !identity && isActive()) {
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
   * Returns a token other than the stale one. The stored tokens are read again under the lock,
   * because another tab may have renewed them. Once per page, their subject is compared with the
   * one that the page's identity token names.
   */
  async function currentToken(stale?: string): Promise<string> {
    const isFresh = (stored: Tokens | null): stored is Tokens =>
      isCurrent(stored) && stored.token !== stale && Date.now() < stored.renewAt
    const found = await tokens.read()
    if (isChecked && isFresh(found)) return found.token
    const renewed = await tokens.change(async (stored) => {
      let usable = stored
      if (!isChecked && stored?.who) {
        const identity = await resolveIdentityToken()
        if (!identity || subjectOf(identity) !== stored.who) {
          usable = null
          await onOtherVisitor()
        }
      }
      if (isFresh(usable)) return usable
      const fetched = await fetchTokens(usable)
      // Without a lock, another tab may have become the same visitor, or a new one, meanwhile.
      const others = await tokens.read()
      return others && others.token !== stored?.token ? others : fetched
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
