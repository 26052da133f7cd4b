/** Media type of a form without files. */
export const formType = 'application/x-www-form-urlencoded'

/** The media type of a message without its parameters, such as `application/json`; null without one. */
export function mediaType(headers: Headers): string | null {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? null
}

/** One request that Salesforce heard, and what it answered; tests read these. */
export type Exchange = {
  /** Our clock, epoch milliseconds. */
  at: number
  /** Null for a path that is no operation. */
  operationId: string | null
  method: string
  path: string
  query: Record<string, string>
  authorization: string | null
  /** Parsed JSON, or the text when it is none; of a form its fields; undefined without a body. */
  requestBody: unknown
  /** Null while unanswered, and for good when the connection was cut. */
  status: number | null
  responseType: string | null
  responseBody: unknown
  /** True when a fault gave the answer. */
  faulty: boolean
}

/** Notes a request as it arrives; the request stays readable. */
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

/** Completes the note with the answer; the answer stays readable. */
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

/** A part as its JSON or text; a file in words, such as `bill.pdf (application/pdf, 120 bytes)`. */
async function describePart(part: File | string): Promise<unknown> {
  if (typeof part === 'string') return parseJsonOrText(part)
  if (part.type === 'application/json') return parseJsonOrText(await part.text())
  return `${part.name} (${part.type}, ${part.size} bytes)`
}

/** A stream has no end to wait for. */
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
