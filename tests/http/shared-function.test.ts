import { describe, expect, it } from 'vitest'
import other from '../../api/other.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway()

/** Returns the endpoint that answers for a path, by its line in the log. */
async function endpointAt(path: string): Promise<unknown> {
  await request(other, { url: `https://chat.example${path}` })
  return JSON.parse(gateway.logLines.at(-1) ?? '{}').endpoint
}

describe('the function that endpoints share', () => {
  it.each([
    ['/api/availability', 'availability'],
    ['/api/conversations', 'conversations'],
    ['/api/health', 'health'],
    ['/api/transcript', 'transcript'],
    ['/.well-known/jwks.json', 'jwks'],
    ['/api/messaging/health', 'health'],
    ['/api/messaging/transcript', 'transcript'],
  ])('answers %s by the endpoint %s', async (path, endpoint) => {
    expect(await endpointAt(path)).toBe(endpoint)
  })

  it.each([
    ...['/api', '/api/', '/api/nonsense', '/api/other', '/api/not-found', '/api/{endpoint}'],
    ...['/api/health/', '/api/health/more', '/api/Health', '/api/_health', '/health'],
    ...['/api/messaging', '/api/messaging/', '/api/messaging/messaging/health'],
    ...['/.well-known/jwks', '/.well-known/jwks.json/', '/api/.well-known/jwks.json'],
    ...['/api/constructor', '/api/__proto__'],
  ])('returns 404 for %s', async (path) => {
    expect(await endpointAt(path)).toBe('not-found')
    const { status, body } = await request(other, { url: `https://chat.example${path}` })
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' })
  })

  it('keeps method, CORS and caller of an endpoint', async () => {
    const url = 'https://chat.example/api/health'
    const refused = await request(other, { url, method: 'PUT' })
    expect(refused.status).toBe(405)
    expect(refused.headers.get('allow')).toBe('GET')
    const headers = { origin: 'https://evil.example' }
    expect((await request(other, { url, headers })).status).toBe(403)
    const preflight = { origin: 'https://chat.example', 'access-control-request-method': 'GET' }
    expect((await request(other, { url, method: 'OPTIONS', headers: preflight })).status).toBe(204)
  })
})
