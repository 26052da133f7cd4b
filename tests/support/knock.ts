/** Knocks at a door: builds a `Request`, reads the whole answer. No server, no port. */
import type { Connection } from '../../lib/http/client-address.js'

type Door = { fetch(request: Request, connection?: Connection): Promise<Response> }

export type Knock = {
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

/** What came out of every door since the test began, for the search for secrets. */
export const heard: string[] = []

const home = 'https://chat.example/api/any'

function contentOf({ body, form }: Knock): { body?: string | FormData } {
  if (form) return { body: form }
  if (body === undefined) return {}
  return { body: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** JSON is read; another answer stays text. */
function read(type: string | null, text: string) {
  if (text === '') return null
  return type?.includes('json') ? JSON.parse(text) : text
}

/** `body` is sent as JSON, or as it is when it is a string. */
export async function knock(door: Door, wish: Knock = {}) {
  const content = contentOf(wish)
  const { method = content.body === undefined ? 'GET' : 'POST', token, body, query } = wish
  const search = query ? `?${new URLSearchParams(query)}` : ''
  const request = new Request(`${wish.url ?? home}${search}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...wish.headers,
    },
    ...content,
  })
  const response = await door.fetch(request, { remoteAddress: wish.remoteAddress ?? '192.0.2.1' })
  const text = await response.text()
  heard.push(text, JSON.stringify([...response.headers]))
  return {
    status: response.status,
    headers: response.headers,
    body: read(response.headers.get('content-type'), text),
  }
}

export type Answer = Awaited<ReturnType<typeof knock>>
