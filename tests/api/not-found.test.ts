import { expect, it } from 'vitest'
import notFound from '../../api/not-found.js'
import { knock } from '../support/knock.js'
import { openWorld } from '../support/world.js'

const world = openWorld()
const url = 'https://chat.example/api/nowhere'

it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
  'answers %s on a path that is no endpoint with a problem of ours',
  async (method) => {
    const { status, headers, body } = await knock(notFound, { url, method })
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      type: 'https://chat.example/problems#not_found',
      title: expect.any(String),
      status: 404,
      code: 'not_found',
      retryable: false,
      requestId: headers.get('x-request-id'),
    })
    expect(world.heard()).toEqual([])
    expect(world.redis.counts.requests).toBe(0)
  },
)

it('answers HEAD without a body', async () => {
  expect(await knock(notFound, { url, method: 'HEAD' })).toMatchObject({ status: 404, body: null })
})

it('answers whatever the query and the body are', async () => {
  const answer = await knock(notFound, { url, body: 'not json', query: { a: 'b' } })
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

it('answers although the environment is broken', async () => {
  world.setEnv({ SESSION_SECRET: '' })
  expect(await knock(notFound, { url })).toMatchObject({ status: 404 })
})
