import { expect, it } from 'vitest'
import notFound from '../../api/_not-found.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway()
const url = 'https://chat.example/api/unknown'

it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
  'the fallback returns 404 as a problem for %s on an unknown path',
  async (method) => {
    const { status, headers, body } = await request(notFound, { url, method })
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      type: '/problems#not_found',
      title: expect.any(String),
      status: 404,
      code: 'not_found',
      retryable: false,
      requestId: headers.get('x-request-id'),
    })
    expect(gateway.salesforceCalls()).toEqual([])
    expect(gateway.redis.counts.requests).toBe(0)
  },
)

it('the fallback returns 404 without a body for HEAD', async () => {
  expect(await request(notFound, { url, method: 'HEAD' })).toMatchObject({
    status: 404,
    body: null,
  })
})

it('the fallback returns 404 with any query and body', async () => {
  const answer = await request(notFound, { url, body: 'not json', query: { a: 'b' } })
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

it('the fallback returns 404 although the environment is invalid', async () => {
  gateway.setEnv({ SESSION_SECRET: '' })
  expect(await request(notFound, { url })).toMatchObject({ status: 404 })
})

it.each(['http://10.0.0.7:3000', 'https://evil.example'])(
  'the type of a problem does not repeat the host of the request: %s',
  async (origin) => {
    const { body } = await request(notFound, { url: `${origin}/api/unknown` })
    expect(new URL(body.type, 'https://chat.example/api/send').href).toBe(
      'https://chat.example/problems#not_found',
    )
  },
)
