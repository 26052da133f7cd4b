/** Serves and calls HTTP with `node:http` alone, for servers whose own cost must be small. */
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type StubRequest = {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** Holds a JSON text and its status. */
export type StubReply = { status?: number; json: string }

/** Reads a body to its end. */
async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', resolve)
    message.on('error', reject)
  })
  return Buffer.concat(chunks).toString()
}

/**
 * Serves JSON on a free port of 127.0.0.1, and prints the address for `startChild`. After
 * `POST /__delay` (`{ ms }`) each answer waits so long.
 */
export function serveStub(answer: (request: StubRequest) => StubReply | Promise<StubReply>): void {
  let delayMs = 0

  async function reply(request: StubRequest): Promise<StubReply> {
    if (request.path === '/__delay') {
      delayMs = JSON.parse(request.body).ms
      return { json: '{}' }
    }
    if (delayMs > 0) await sleep(delayMs)
    return answer(request)
  }

  const server = createServer(async (message, response) => {
    const { method = 'GET', url = '/', headers: requestHeaders } = message
    try {
      const body = method === 'GET' ? '' : await readText(message)
      const { status = 200, json } = await reply({
        method,
        path: url,
        headers: requestHeaders,
        body,
      })
      const headers = {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(json),
      }
      response.writeHead(status, headers).end(json)
    } catch (error) {
      console.error(error)
      response.writeHead(500).end()
    }
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    console.log(`Listening on http://127.0.0.1:${port}`)
  })
}

export type StubCall = {
  method: string
  path: string
  headers?: OutgoingHttpHeaders
  body?: string | undefined
}

export type StubCaller = ReturnType<typeof createStubCaller>

/** Creates a client of one server, which keeps its connections. */
export function createStubCaller(baseUrl: string) {
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(baseUrl)

  return ({ method, path, headers = {}, body }: StubCall) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
      const options = { agent, hostname, port, method, path, headers: { ...headers, ...length } }
      const sent = request(options, (response) => {
        readText(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, text }),
          reject,
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })
}
