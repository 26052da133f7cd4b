/** Calls an endpoint: builds a `Request` and reads the whole response, without a server. */
import type { Connection } from '../../lib/http/client-address.js'
import { atNextGateway, inPresentTest } from './gateways.js'

type Endpoint = { fetch(httpRequest: Request, connection?: Connection): Promise<Response> }

export type RequestOptions = {
  method?: string
  token?: string | undefined
  body?: unknown
  /** Holds a multipart body, which sets its own content type. */
  form?: FormData
  query?: Record<string, string>
  headers?: Record<string, string>
  url?: string
  remoteAddress?: string
  /** Aborted when the caller goes away. */
  signal?: AbortSignal | undefined
}

/** Collects everything that left the endpoints since the test began, to search it for secrets. */
export const sentToClients: string[] = []

const defaultUrl = 'https://chat.example/api/any'

function contentOf({ body, form }: RequestOptions): {
  body?: string | FormData | Uint8Array<ArrayBuffer>
} {
  if (form) return { body: form }
  if (body instanceof Uint8Array) return { body: new Uint8Array(body) }
  if (body === undefined) return {}
  return { body: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** Parses JSON and leaves any other body as text. */
function parseBody(type: string | null, text: string) {
  if (text === '') return null
  return type?.includes('json') ? JSON.parse(text) : text
}

/** Sends a request to an endpoint; a `body` is sent as JSON, or unchanged when it is a string or bytes. */
export async function request(endpoint: Endpoint, options: RequestOptions = {}) {
  const content = contentOf(options)
  const { method = content.body === undefined ? 'GET' : 'POST', token, body, query } = options
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const request = new Request(`${options.url ?? defaultUrl}${search}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...options.headers,
    },
    ...content,
    ...(options.signal && { signal: options.signal }),
  })
  const connection = { remoteAddress: options.remoteAddress ?? '192.0.2.1' }
  const response = await inPresentTest(() =>
    atNextGateway(() => endpoint.fetch(request, connection)),
  )
  const text = await response.text()
  sentToClients.push(text, JSON.stringify([...response.headers]))
  return {
    status: response.status,
    headers: response.headers,
    body: parseBody(response.headers.get('content-type'), text),
  }
}

export type TestResponse = Awaited<ReturnType<typeof request>>
