import { afterEach, describe, expect, it, vi } from 'vitest'
import { paceText } from '../../client/demo/live.js'
import { controls, hasSandbox } from '../../client/demo/sandbox.js'
import { type Call, partOf, watchedFetch } from '../../client/demo/watched-fetch.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('what the demo page tells of requests', () => {
  it('reads the gateway’s measure of its neighbours', () => {
    const told = 'total;dur=41.2, redis;dur=6.1, salesforce;dur=33.9'
    expect([partOf(told, 'redis'), partOf(told, 'salesforce')]).toEqual([6.1, 33.9])
    expect(partOf(null, 'redis')).toBe(0)
    expect(partOf('preredis;dur=1, redislike;dur=2', 'redis')).toBe(0)
  })

  it('passes answers on as they are, and tells of each call and of the pace', async () => {
    const page = { messages: [], pollAfterMs: 1500 }
    const calls: Call[] = []
    const onPace = vi.fn()
    vi.stubGlobal('location', { href: 'https://chat.example/' })
    vi.stubGlobal('fetch', async () =>
      Response.json(page, { headers: { 'server-timing': 'salesforce;dur=9' } }),
    )
    const watched = watchedFetch({ onCall: (call) => calls.push(call), onPace })
    const response = await watched('/api/poll?conversationId=secret')
    expect(await response.json()).toEqual(page)
    expect(calls).toMatchObject([
      { method: 'GET', path: '/api/poll', status: 200, salesforceMs: 9 },
    ])
    await expect.poll(() => onPace.mock.calls).toMatchObject([[{ pollAfterMs: 1500 }]])
  })

  it('passes on a page that breaks off, and tells of it once', async () => {
    const calls: Call[] = []
    const onPace = vi.fn()
    vi.stubGlobal('location', { href: 'https://chat.example/' })
    vi.stubGlobal('fetch', async () => new Response('{"messages":['))
    const watched = watchedFetch({ onCall: (call) => calls.push(call), onPace })
    const response = await watched('/api/poll')
    await expect(response.json()).rejects.toThrow(SyntaxError)
    expect(calls).toMatchObject([{ status: 200 }])
    expect(onPace).not.toHaveBeenCalled()
  })

  it('tells of a call that nobody answered, and fails as it did', async () => {
    const calls: Call[] = []
    vi.stubGlobal('location', { href: 'https://chat.example/' })
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('No network')
    })
    const watched = watchedFetch({ onCall: (call) => calls.push(call), onPace: () => {} })
    await expect(watched('/api/send', { method: 'POST' })).rejects.toThrow('No network')
    expect(calls).toMatchObject([{ method: 'POST', path: '/api/send', status: 0 }])
  })

  it('says the pace for people', () => {
    expect([2500, 1000, 0, null, undefined].map(paceText)).toEqual([
      'every 2.5 s',
      'every 1 s',
      'at once',
      'stopped',
      '–',
    ])
  })
})

it.each([
  ['localhost', 200, true],
  ['127.0.0.1', 404, false],
  ['chat.example', 200, false],
])('looks for the sandbox on one’s own machine only: %s, %i', async (hostname, status, isThere) => {
  const fetch = vi.fn(async () => new Response(null, { status }))
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('location', { hostname })
  expect(await hasSandbox()).toBe(isThere)
  expect(fetch).toHaveBeenCalledTimes(hostname === 'chat.example' ? 0 : 1)
})

it('has a control for each trouble, each with a name of its own', () => {
  const titles = controls.map(({ title }) => title)
  expect(new Set(titles).size).toBe(7)
})
