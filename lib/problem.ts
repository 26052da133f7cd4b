/**
 * Defines the errors that a frontend sees: one table of codes, one error class, one serialisation
 * (RFC 9457 `application/problem+json`).
 */

/** code → [status, retryable, title]. The codes and `retryable` are the contract; titles are for people. */
export const problems = {
  invalid_request: [400, false, 'The request is not valid'],
  cursor_invalid: [400, false, 'The cursor is not valid'],
  unauthenticated: [401, false, 'A valid token is needed'],
  identity_rejected: [401, false, 'The identity token was not accepted'],
  refresh_rejected: [401, false, 'The refresh token was not accepted'],
  origin_not_allowed: [403, false, 'This origin may not call the gateway'],
  anonymous_disabled: [403, false, 'Visitors must be known'],
  conversation_not_found: [404, false, 'No such conversation'],
  not_found: [404, false, 'No such endpoint'],
  method_not_allowed: [405, false, 'Method not allowed'],
  prechat_required: [409, false, 'Pre-chat answers are needed first'],
  outside_business_hours: [409, false, 'The chat is closed now'],
  unsupported: [409, false, 'Not offered here'],
  conversation_ended: [410, false, 'The conversation has ended'],
  conversation_lost: [410, false, 'The conversation cannot be continued'],
  payload_too_large: [413, false, 'Too large'],
  unsupported_media_type: [415, false, 'Unsupported media type'],
  id_reused: [422, false, 'This id was used for another content'],
  rate_limited: [429, true, 'Too many requests'],
  internal: [500, true, 'Something went wrong here'],
  upstream_rejected: [502, false, 'Salesforce did not accept this'],
  upstream_unavailable: [503, true, 'Salesforce cannot be reached now'],
  store_unavailable: [503, true, 'The store cannot be reached now'],
  upstream_timeout: [504, true, 'Salesforce did not answer in time'],
} as const satisfies Record<string, readonly [number, boolean, string]>

export type ProblemCode = keyof typeof problems

/**
 * Describes one thing wrong with one field of the request; `path` is dotted
 * (`selections.0.itemId`).
 */
export type FieldError = { path: string; message: string }

type Details = {
  /** Speaks to people; never holds a token, a foreign wording or a message text. */
  detail?: string
  retryAfterMs?: number
  /** Overrides the code's default `retryable`: the operation may have taken effect. */
  retryable?: false
  errors?: readonly FieldError[]
  /** Holds further members of the problem, such as `prechat`. */
  extra?: Readonly<Record<string, unknown>>
  headers?: Readonly<Record<string, string>>
  /** Tells if a failed operation may have taken effect. Never serialised. */
  effect?: 'none' | 'unknown'
  /**
   * Is true for Salesforce's 401: the token is refused, and a fresh one may be accepted. Never
   * serialised.
   */
  isTokenRefused?: boolean
  /** Is true when Salesforce's 429 said how long to wait. Never serialised. */
  isWaitStated?: boolean
  /**
   * Is true for Salesforce's 403: the visitor may not do this here, for one of several reasons.
   * Never serialised.
   */
  isForbidden?: boolean
  /** Tells the log line what an operator should check. Never serialised. */
  note?: string
  /** Helps us; is never serialised. */
  cause?: unknown
}

/** Is the only error that reaches a caller as itself; everything else becomes `internal`. */
export class GatewayError extends Error {
  override name = 'GatewayError' as const
  readonly code: ProblemCode
  readonly details: Details

  constructor(code: ProblemCode, details: Details = {}) {
    super(details.detail ?? problems[code][2], { cause: details.cause })
    this.code = code
    this.details = details
  }
}

/** Makes the one error for every bad token. */
export function unauthenticated(): GatewayError {
  return new GatewayError('unauthenticated', { headers: { 'WWW-Authenticate': 'Bearer' } })
}

/**
 * Makes the error for an effect in Salesforce that cannot be found out: it is not retryable, because
 * a repeat may double the effect.
 */
export function outcomeUnknown(): GatewayError {
  return new GatewayError('upstream_unavailable', {
    detail: 'It may have happened, and that cannot be found out: it is not repeated here.',
    effect: 'unknown',
    retryable: false,
  })
}

/** Tells that an error is a GatewayError, with one of these codes when some are named. */
export function isProblem(error: unknown, ...codes: ProblemCode[]): error is GatewayError {
  return error instanceof GatewayError && (codes.length === 0 || codes.includes(error.code))
}

/** Makes a handler for `catch`: a problem counts as this value, and any other error is thrown on. */
export function problemAs<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isProblem(error)) return value
    throw error
  }
}

/** Returns the HTTP status of a code. */
export function statusOf(code: ProblemCode): number {
  return problems[code][0]
}

/**
 * Returns the stable type of a problem: a relative reference (RFC 9457 §3.1.1) to a page of the
 * deployment. An absolute one would repeat the `Host` header, which the caller writes.
 */
export function problemType(code: ProblemCode): string {
  return `/problems#${code}`
}

/** Returns the answer that a caller sees for an error; `requestId` ties it to the log line. */
export function problemResponse(error: GatewayError, requestId: string): Response {
  const [status, isUsuallyRetryable, title] = problems[error.code]
  const {
    retryable = isUsuallyRetryable,
    detail,
    retryAfterMs,
    errors,
    extra,
    headers,
  } = error.details
  const body = {
    type: problemType(error.code),
    title,
    status,
    ...(detail !== undefined && { detail }),
    code: error.code,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    requestId,
    ...(errors && { errors }),
    ...extra,
  }
  const response = new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
  })
  if (retryAfterMs !== undefined) {
    response.headers.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))))
  }
  return response
}
