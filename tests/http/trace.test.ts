import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import { type RunningServer, serve } from '../../platforms/serve.js'
import { createSite } from '../../platforms/site.js'
import { setupGateway } from '../support/gateway.js'

const gateway = setupGateway()

let server: RunningServer | undefined
afterEach(() => server?.close(0))

/** Returns the answer to a request without a body, as it came over the connection. */
async function answerTo(requestLine: string): Promise<string> {
  server = await serve(createSite(endpoints, 'public'), { host: '127.0.0.1', port: 0 })
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`${requestLine} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
  return await text(socket)
}

it('TRACE is refused with 405 as a problem, and logged', async () => {
  const answer = await answerTo('TRACE /api/send')
  expect(answer).toMatch(/^HTTP\/1\.1 405 /)
  expect(answer).toMatch(/^allow: POST\r$/im)
  expect(answer).toContain('"code":"method_not_allowed"')
  const lines = gateway.logLines.map((line) => JSON.parse(line))
  expect(lines).toMatchObject([{ endpoint: 'send', status: 405, code: 'method_not_allowed' }])
})
