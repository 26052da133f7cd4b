import type { Prechat, ProblemCode } from './api-types.js'

/** Holds the members of a problem. Decide by `code` and `retryable`. */
export type ProblemMembers = {
  /**
   * Names the problem by the gateway's code, or by one of the client: `unreachable` (no response,
   * or none from the gateway), `unsent` (waited too long in a page that was closed).
   */
  code: ProblemCode | 'unreachable' | 'unsent'
  retryable: boolean
  title?: string
  detail?: string
  status?: number
  retryAfterMs?: number | undefined
  requestId?: string
  /** Lists each error by its dotted path, with `invalid_request`. */
  errors?: { path: string; message: string }[]
  /** Holds the form, with `prechat_required`. */
  prechat?: Prechat | null
  /** Names the time at which conversations are taken again, with `outside_business_hours`. */
  opensAt?: string
}

/** Reports a failure (RFC 9457). `title` and `detail` are for people, where they are set. */
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
  declare opensAt?: string

  constructor(members: ProblemMembers) {
    super(members.code)
    Object.assign(this, members)
  }
}

/**
 * Returns the problem `unreachable`: no response, or none from the gateway. `members` override it.
 */
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
