/** Checks what the built functions refuse, on every version of Node. */
import { expect, it } from 'vitest'
import { callGateway } from './frontend.js'
import { type BuildSetup, shop } from './setup.js'

/** Defines the tests of refusals and of other sites' pages; the setup exists once they run. */
export function testRefusals(setupOf: () => BuildSetup): void {
  it.each([
    ['no token', 'POST', '/api/start', 401, 'unauthenticated'],
    ['a body that is no JSON', 'POST', '/api/auth', 400, 'invalid_request'],
  ] as const)('%s is a problem', async (...[, method, path, status, code]) => {
    const body = path === '/api/auth' ? 'nonsense' : {}
    const answer = await callGateway(setupOf().first, path, { method, body })
    expect(answer).toMatchObject({ status, body: { status, code } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  it("a page of an allowed site may ask before it calls, another one's call is refused", async () => {
    const { first } = setupOf()
    const preflight = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,traceparent',
    }
    const allowed = await callGateway(first, '/api/send', {
      method: 'OPTIONS',
      headers: { ...preflight, origin: shop },
    })
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe(shop)
    const allowedHeaders = allowed.headers.get('access-control-allow-headers')?.split(/, ?/)
    expect(allowedHeaders).toEqual(['authorization', 'content-type', 'traceparent'])
    const headers = { origin: 'https://evil.example' }
    const refused = await callGateway(first, '/api/auth', { body: {}, headers })
    expect(refused).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
  })
}
