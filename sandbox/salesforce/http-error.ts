import { STATUS_CODES } from 'node:http'

/**
 * Describes an answer other than success: JSON `{ message, errorCode }`, or the edge proxy's plain text
 * (`enhanced-chat-api.md` §2).
 */
export class HttpError extends Error {
  readonly status: number
  readonly format: 'json' | 'text'
  readonly headers: Record<string, string>

  constructor(
    status: number,
    message: string,
    format: 'json' | 'text' = 'json',
    headers: Record<string, string> = {},
  ) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.format = format
    this.headers = headers
  }

  toResponse(): Response {
    const { status, message, headers } = this
    if (this.format === 'json') return Response.json(this.body(), { status, headers })
    return new Response(message, { status, headers: { ...headers, 'content-type': 'text/plain' } })
  }

  /** Returns the body; 401 was seen with a message alone (§2). */
  private body(): { message: string; errorCode?: string } {
    const { status, message } = this
    return status === 401 ? { message } : { message, errorCode: errorCodeOf(status) }
  }
}

/** Creates a 400 for a bad or missing parameter (§2). */
export const badRequest = (message: string) => new HttpError(400, message)
/** Creates a 403 with the service's text (§2). */
export const permissionDenied = () => new HttpError(403, 'Permission Denied')
/** Creates a 404. */
export const notFound = (what: string) => new HttpError(404, `${what} not found`)
/** Creates a 429; `retryAfterSeconds` is its `Retry-After`, null for none (§6). */
export function tooManyRequests(retryAfterSeconds: number | null): HttpError {
  const headers = retryAfterSeconds === null ? {} : { 'retry-after': `${retryAfterSeconds}` }
  return new HttpError(429, 'Too many requests', 'json', headers)
}

/** Returns the name of a status: `BAD_REQUEST` was seen (2026), the others follow from it. */
function errorCodeOf(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).toUpperCase().replaceAll(/\W+/g, '_')
}
