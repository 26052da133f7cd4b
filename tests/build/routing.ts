/** Checks that each path reaches its endpoint in the built functions, and what each of them refuses. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { endpoints } from '../../platforms/endpoints.js'
import type { RequestOptions } from '../support/request.js'
import { callGateway } from './frontend.js'
import type { Gateway } from './gateway.js'
import { type BuildSetup, shop } from './setup.js'

const logLine = z.object({ requestId: z.string(), endpoint: z.string() })

/** Calls a path, and returns the answer with the name of the endpoint that answered, by its log. */
async function callAndTell(gateway: Gateway, path: string, options: RequestOptions = {}) {
  const id = randomUUID()
  const headers = { ...options.headers, 'x-request-id': id }
  const answer = await callGateway(gateway, path, { ...options, headers })
  const lineOf = () => gateway.lines.find((line) => line.includes(id))
  await expect.poll(lineOf).toBeDefined()
  const { endpoint } = logLine.parse(JSON.parse(lineOf() ?? ''))
  return { ...answer, endpoint }
}

const served = [...endpoints]
  .filter(([path]) => path !== '/api/other')
  .map(([path, { methods }]) => {
    const [{ name, docs }] = methods
    return { name, path: docs.path ?? path, allow: methods.map(({ method }) => method).join(', ') }
  })

/** The tests of paths; the setup is there once they run. */
export function testRouting(setupOf: () => BuildSetup): void {
  describe.each(served)('$path', ({ name, path, allow }) => {
    const [method = 'GET'] = allow.split(', ')

    it('is answered by its endpoint, under the prefix of the guide as well', async () => {
      const { first } = setupOf()
      for (const each of [path, path.replace(/^\/api\//, '/api/messaging/')]) {
        expect((await callAndTell(first, each, { method })).endpoint, each).toBe(name)
      }
    })

    it('refuses a method that it does not have, and names those that it has', async () => {
      const answer = await callAndTell(setupOf().first, path, { method: 'PUT', body: {} })
      expect(answer).toMatchObject({ endpoint: name, status: 405 })
      expect(answer.headers.get('allow')).toBe(allow)
    })

    it('answers the preflight of an allowed page, and refuses another page', async () => {
      const { first } = setupOf()
      const ask = (origin: string) =>
        callAndTell(first, path, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': method },
        })
      const allowed = await ask(shop)
      expect(allowed).toMatchObject({ endpoint: name, status: 204 })
      const isForEveryPage = name === 'availability'
      expect(allowed.headers.get('access-control-allow-origin')).toBe(isForEveryPage ? '*' : shop)
      if (isForEveryPage) return
      const refused = await ask('https://evil.example')
      expect(refused).toMatchObject({ endpoint: name, status: 403 })
      expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    })
  })

  it.each([
    ...['/api', '/api/', '/api/nonsense', '/api/other', '/api/not-found', '/api/_health'],
    ...['/api/health/', '/api/health/more', '/api/send/more', '/api/Send'],
    ...['/api/messaging', '/api/messaging/nonsense', '/api/messaging/messaging/health'],
  ])(
    '%s is no endpoint: 404 for any method, with CORS headers for an allowed page',
    async (path) => {
      for (const method of ['GET', 'POST', 'PUT']) {
        const body = method === 'GET' ? {} : { body: {} }
        const headers = { origin: shop }
        const answer = await callAndTell(setupOf().first, path, { method, headers, ...body })
        expect(answer, method).toMatchObject({ endpoint: 'not-found', status: 404 })
        expect(answer.body.code).toBe('not_found')
        expect(answer.headers.get('access-control-allow-origin')).toBe(shop)
      }
    },
  )
}
