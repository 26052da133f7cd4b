/** Is the media type of a form without files. */
export const formType = 'application/x-www-form-urlencoded'

/**
 * Returns a message's media type without parameters, such as `application/json`; null without one.
 */
export function mediaType(headers: Headers): string | null {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? null
}

/** Records one request to Salesforce and its response, for tests. */
export type Exchange = {
  /** Is in epoch milliseconds, on our clock. */
  at: number
  /** Is null for a path without an operation. */
  operationId: string | null
  method: string
  path: string
  query: Record<string, string>
  authorization: string | null
  /** Holds parsed JSON, or text that is no JSON, or a form's fields; undefined without a body. */
  requestBody: unknown
  /** Is null while unanswered, and for good when the connection was cut. */
  status: number | null
  responseType: string | null
  responseBody: unknown
  /** Is true when a fault gave the answer. */
  faulty: boolean
}

/** Records a request as it arrives; the request stays readable. */
export async function recordRequest(
  request: Request,
  operationId: string | null,
): Promise<Exchange> {
  const url = new URL(request.url)
  return {
    at: Date.now(),
    operationId,
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    authorization: request.headers.get('authorization'),
    requestBody: await readBody(request.clone()),
    status: null,
    responseType: null,
    responseBody: undefined,
    faulty: false,
  }
}

/** Completes the record with the response, which stays readable. */
export async function recordResponse(exchange: Exchange, response: Response): Promise<void> {
  if (response.type === 'error') return
  exchange.status = response.status
  exchange.responseType = mediaType(response.headers)
  if (!isReadable(exchange.responseType)) return
  exchange.responseBody = parseJsonOrText(await response.clone().text())
}

async function readBody(request: Request): Promise<unknown> {
  const type = mediaType(request.headers)
  if (type === formType) return Object.fromEntries(new URLSearchParams(await request.text()))
  if (type !== 'multipart/form-data') return parseJsonOrText(await request.text())
  const form = await request.formData().catch(() => null)
  if (!form) return 'multipart that cannot be read'
  const fields = [...form].map(async ([name, part]) => [name, await describePart(part)])
  return Object.fromEntries(await Promise.all(fields))
}

/** Describes a part by its JSON or text; a file like `bill.pdf (application/pdf, 120 bytes)`. */
async function describePart(part: File | string): Promise<unknown> {
  if (typeof part === 'string') return parseJsonOrText(part)
  if (part.type === 'application/json') return parseJsonOrText(await part.text())
  return `${part.name} (${part.type}, ${part.size} bytes)`
}

/** Returns false for a stream, which has no end to wait for. */
function isReadable(contentType: string | null): boolean {
  return contentType !== 'text/event-stream'
}

function parseJsonOrText(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
