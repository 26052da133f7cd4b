/** An answer other than success. JSON `{ message }`, or the edge proxy's plain text (`enhanced-chat-api.md` §2). */
export class HttpError extends Error {
  readonly status: number
  readonly format: 'json' | 'text'

  constructor(status: number, message: string, format: 'json' | 'text' = 'json') {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.format = format
  }

  toResponse(): Response {
    const { status, message } = this
    if (this.format === 'json') return Response.json({ message }, { status })
    return new Response(message, { status, headers: { 'content-type': 'text/plain' } })
  }
}

/** 400: a bad or missing parameter (§2). */
export const badRequest = (message: string) => new HttpError(400, message)
/** 403 in the service's own words (§2). */
export const permissionDenied = () => new HttpError(403, 'Permission Denied')
/** 404: no such thing. */
export const notFound = (what: string) => new HttpError(404, `${what} not found`)
