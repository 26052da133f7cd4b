/** Runs the code of a document as a page of the gateway's own origin would. */
import { readFileSync } from 'node:fs'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { sentToClients } from '../support/request.js'

const origin = 'https://chat.example'
const endpoints = new Map(Object.entries({ auth, end, poll, send, start }))

/** Returns the JavaScript blocks of a document under one of its headings, in their order. */
export function codeUnder(file: string, heading: string): string {
  const sections = readFileSync(file, 'utf8').split(/^## /m)
  const section = sections.find((each) => each.startsWith(`${heading}\n`)) ?? ''
  const blocks = [...section.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
  if (blocks.length === 0) throw new TypeError(`${file} has no code under “${heading}”`)
  return blocks.join('\n')
}

/** Runs code with these names in scope; gives what it declares at its outermost level. */
export function run(code: string, scope: object) {
  const declarations = code.matchAll(/^(?:async )?(?:function|const|class) (\w+)/gm)
  const names = [...declarations].map(([, name]) => name)
  const body = `'use strict'\n${code}\nreturn { ${names.join(', ')} }`
  return new Function(...Object.keys(scope), body)(...Object.values(scope))
}

/** Request of a page: method, path without query, content type and body as sent. */
export type Call = { method: string; path: string; type: string | null; body: unknown }

/**
 * Provides a page's `fetch` under the guide's prefix, straight to the endpoints. `calls` lists its
 * requests; `settled` waits for those that are still open.
 */
export function openPage() {
  const calls: Call[] = []
  const answers: Promise<Response>[] = []

  function fetch(path: string, init?: RequestInit): Promise<Response> {
    const answer = callEndpoint(path, init)
    answers.push(answer)
    return answer
  }

  async function callEndpoint(path: string, init?: RequestInit): Promise<Response> {
    const request = new Request(new URL(path, origin), init)
    request.headers.set('origin', origin)
    const { pathname } = new URL(request.url)
    const endpoint = endpoints.get(pathname.replace('/api/messaging/', ''))
    if (!endpoint) throw new TypeError(`No endpoint at ${pathname}`)
    const body = await request.clone().text()
    const type = request.headers.get('content-type')
    calls.push({ method: request.method, path: pathname, type, body: body && JSON.parse(body) })
    const response = await endpoint.fetch(request, { remoteAddress: '192.0.2.1' })
    sentToClients.push(await response.clone().text())
    return response
  }
  return { fetch, calls, settled: () => Promise.allSettled(answers) }
}
