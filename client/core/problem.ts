import type { Prechat, ProblemCode } from './api-types.js'

/** The members of a problem. Decide by `code` and `retryable`. */
export type ProblemMembers = {
  /**
   * The gateway's code, or one of the client's own: `unreachable` (no answer, or none of the gateway's),
   * `unsent` (waited too long in a page that was closed).
   */
  code: ProblemCode | 'unreachable' | 'unsent'
  retryable: boolean
  title?: string
  detail?: string
  status?: number
  retryAfterMs?: number | undefined
  requestId?: string
  /** With `invalid_request`: each thing wrong, by its dotted path. */
  errors?: { path: string; message: string }[]
  /** With `prechat_required`: the form. */
  prechat?: Prechat | null
}

/** Why something did not happen (RFC 9457); `title` and `detail` are for people, where they are. */
export class ChatProblem extends Error implements ProblemMembers {
  declare code: ProblemMembers['code']
  declare retryable: boolean
  declare title?: string
  declare detail?: string
  declare status?: number
  declare retryAfterMs?: number | undefined
  declare requestId?: string
  declare errors?: { path: string; message: string }[]
  declare prechat?: Prechat | null

  constructor(members: ProblemMembers) {
    super(members.code)
    Object.assign(this, members)
  }
}

/** Nobody answered, or somebody who is not the gateway: unless its members tell otherwise. */
function unreachable(members?: Partial<ProblemMembers> | null): ChatProblem {
  return new ChatProblem({ code: 'unreachable', retryable: true, ...members })
}

/**
 * Turns anything thrown into a problem. A problem of another bundle's copy of this module is kept.
 */
export function problemFrom(error: unknown): ChatProblem {
  return 'retryable' in Object(error) ? (error as ChatProblem) : unreachable()
}

/**
 * Reads the problem of a response that is no success. `Retry-After` counts where the body names no
 * time.
 */
export async function problemOf(response: Response): Promise<ChatProblem> {
  const { status, headers } = response
  const members = (await response.json().catch(() => null)) as ProblemMembers | null
  return unreachable({
    retryable: status === 429 || status > 499,
    retryAfterMs: Number(headers.get('retry-after')) * 1000 || undefined,
    ...members,
    status,
  })
}
