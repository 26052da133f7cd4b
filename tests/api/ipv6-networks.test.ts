/** Tests that callers with IPv6 are counted by the networks that one customer can have. */
import { describe, expect, it } from 'vitest'
import availability from '../../api/_availability.js'
import health from '../../api/_health.js'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { expectProblem } from '../support/sending.js'

const gateway = setupGateway()

/** Milliseconds for a test of more than a hundred calls. */
const manyCallsMs = 90_000

/** Returns an address of the nth /64 in the nth /56 of a /48. */
function addressOf(subnet: number, site = 0, network = '2001:db8:7'): string {
  return `${network}:${(site * 256 + subnet).toString(16)}::${(subnet + 1).toString(16)}`
}

type Call = (remoteAddress: string) => Promise<TestResponse>

/** Makes calls until one is refused; returns how many passed, and the refusal. */
async function callsUntilRefused(call: Call, addresses: (made: number) => string) {
  for (let made = 0; made < 200; made += 1) {
    const answer = await call(addresses(made))
    if (answer.status === 429) return { passed: made, refused: answer }
    expect(answer.status).toBeLessThan(300)
  }
  throw new Error('200 calls passed')
}

const signIn: Call = (remoteAddress) => request(auth, { body: {}, remoteAddress })

describe('auth', () => {
  it(
    'takes 20 calls of one /64, 40 of one /56 and 80 of one /48, and another /48 is free',
    async () => {
      const one = await callsUntilRefused(signIn, () => addressOf(0))
      expect(one.passed).toBe(20)
      expect(one.refused.headers.get('ratelimit-policy')).toBe(
        '"auth";q=20;w=60, "auth/56";q=40;w=60, "auth/48";q=80;w=60',
      )
      const site = await callsUntilRefused(signIn, (made) => addressOf(made + 1))
      expect(site.passed).toBe(20)
      expect(site.refused.body.detail).toBe('At most 40 of "auth/56" in 60 seconds.')
      const network = await callsUntilRefused(signIn, (made) => addressOf(made, 1 + (made % 4)))
      expect(network.passed).toBe(40)
      expect(network.refused.body.detail).toBe('At most 80 of "auth/48" in 60 seconds.')
      expect((await signIn(addressOf(0, 0, '2001:db8:8'))).status).toBe(200)
    },
    manyCallsMs,
  )

  it('counts an IPv4 address by itself', async () => {
    const { headers } = await signIn('198.51.100.7')
    expect(headers.get('ratelimit-policy')).toBe('"auth";q=20;w=60')
    for (let made = 1; made < 20; made += 1) await signIn('198.51.100.7')
    expect((await signIn('198.51.100.7')).status).toBe(429)
    expect((await signIn('198.51.100.8')).status).toBe(200)
  })

  it('is not used up for a network by calls that one of its addresses made in vain', async () => {
    await callsUntilRefused(signIn, () => addressOf(0))
    for (let made = 0; made < 30; made += 1) expect((await signIn(addressOf(0))).status).toBe(429)
    const site = await callsUntilRefused(signIn, () => addressOf(1))
    expect(site.passed).toBe(20)
  })
})

describe('start', () => {
  /** Starts as a new visitor, who signs in from elsewhere. */
  const startFrom: Call = async (remoteAddress) => {
    const { token } = await signInAsGuest()
    return await request(start, { token, body: {}, remoteAddress })
  }

  it(
    'leaves half of the token requests to others, whatever one /48 does',
    async () => {
      gateway.setEnv({ LIMITS: '{"auth": [1000, "1 m"]}' })
      const seven = await callsUntilRefused(startFrom, (made) => addressOf(made % 7))
      expect(seven.passed).toBe(40)
      const all = await callsUntilRefused(startFrom, (made) => addressOf(made, 1 + (made % 200)))
      expect(seven.passed + all.passed).toBe(70)
      expectProblem(all.refused, 429, 'rate_limited')
      expect(all.refused.headers.get('ratelimit-policy')).toContain('"tokens/48";q=70;w=60')
      expect((await startFrom('198.51.100.7')).status).toBe(201)
      expect((await startFrom(addressOf(0, 0, '2001:db8:8'))).status).toBe(201)
    },
    manyCallsMs,
  )

  it('leaves half of a smaller allowance, too', async () => {
    gateway.setEnv({ LIMITS: '{"tokens": [8, "1 m"], "startAddress": [1000, "1 m"]}' })
    const { passed } = await callsUntilRefused(startFrom, () => addressOf(0))
    expect(passed).toBe(3)
    const others = await callsUntilRefused(startFrom, () => '198.51.100.7')
    expect(others.passed).toBe(3)
  })

  it('returns the open conversation to a network that has used up its token requests', async () => {
    gateway.setEnv({ LIMITS: '{"tokens": [8, "1 m"]}' })
    const { token } = await signInAsGuest()
    const again = () => request(start, { token, body: {}, remoteAddress: addressOf(9) })
    expect((await again()).status).toBe(201)
    expect((await callsUntilRefused(startFrom, () => addressOf(0))).passed).toBe(2)
    expect((await again()).status).toBe(200)
  })
})

describe.each([
  ['availability', (remoteAddress: string) => request(availability, { remoteAddress })],
  ['health', (remoteAddress: string) => request(health, { remoteAddress })],
  ['refused input', (remoteAddress: string) => request(auth, { body: { any: 1 }, remoteAddress })],
])('%s', (_name, call) => {
  it('is counted by the same networks', async () => {
    gateway.setEnv({ LIMITS: '{"other": [3, "1 m"]}' })
    const statuses: number[] = []
    for (let made = 0; made < 8; made += 1) {
      statuses.push((await call(addressOf(made))).status)
    }
    expect(statuses.slice(0, 6)).not.toContain(429)
    expect(statuses.slice(6)).toEqual([429, 429])
    expect((await call(addressOf(0, 0, '2001:db8:8'))).status).not.toBe(429)
  })
})
