/** Calls an endpoint: builds a `Request` and reads the whole response. No server, no port. */
import type { Connection } from '../../lib/http/client-address.js'

type Endpoint = { fetch(httpRequest: Request, connection?: Connection): Promise<Response> }

export type RequestOptions = {
  method?: string
  token?: string | undefined
  body?: unknown
  /** A multipart body; its type comes with it. */
  form?: FormData
  query?: Record<string, string>
  headers?: Record<string, string>
  url?: string
  remoteAddress?: string
}

/** Everything that left the endpoints since the test began, for the search for secrets. */
export const sentToClients: string[] = []

const defaultUrl = 'https://chat.example/api/any'

function contentOf({ body, form }: RequestOptions): { body?: string | FormData } {
  if (form) return { body: form }
  if (body === undefined) return {}
  return { body: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** JSON is read; another answer stays text. */
function parseBody(type: string | null, text: string) {
  if (text === '') return null
  return type?.includes('json') ? JSON.parse(text) : text
}

/** `body` is sent as JSON, or as it is when it is a string. */
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
  })
  const response = await endpoint.fetch(request, {
    remoteAddress: options.remoteAddress ?? '192.0.2.1',
  })
  const text = await response.text()
  sentToClients.push(text, JSON.stringify([...response.headers]))
  return {
    status: response.status,
    headers: response.headers,
    body: parseBody(response.headers.get('content-type'), text),
  }
}

export type TestResponse = Awaited<ReturnType<typeof request>>
