import { describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway()

const refused = { status: 429, body: { code: 'rate_limited', retryable: true } }
const tokensAsked = () =>
  gateway.salesforceCalls().filter((line) => line.startsWith('generate')).length

describe('three conversations in 30 seconds', () => {
  it('are the most that a visitor may open; coming back does not count', async () => {
    const visitor = await startConversation()
    for (let call = 0; call < 5; call++) expect((await visitor.start()).status).toBe(200)
    for (let call = 0; call < 2; call++) {
      expect((await visitor.start({ resume: false })).status).toBe(201)
    }
    const before = gateway.salesforceCalls()
    const fourth = await visitor.start({ resume: false })
    expect(fourth).toMatchObject(refused)
    expect(fourth.headers.get('ratelimit-policy')).toContain('"start";q=3;w=30')
    expect(fourth.headers.get('ratelimit')).toMatch(/"start";r=0;t=\d+/)
    const seconds = Number(fourth.headers.get('retry-after'))
    expect(seconds).toBe(Math.ceil(fourth.body.retryAfterMs / 1000))
    expect(seconds).toBeLessThanOrEqual(30)
    expect(gateway.salesforceCalls()).toEqual(before)
    expect((await visitor.start()).status).toBe(200)
  })

  it('are counted for each visitor', async () => {
    gateway.setEnv({ LIMITS: '{"start": [1, "30 s"]}' })
    await startConversation()
    expect((await startConversation()).started.resumed).toBe(false)
  })
})

describe('starts from one address', () => {
  it('are refused after 20 in a minute, and another address is free', async () => {
    const { token } = await startConversation()
    const begin = (remoteAddress: string) => request(start, { token, body: {}, remoteAddress })
    for (let call = 0; call < 19; call++) expect((await begin('192.0.2.1')).status).toBe(200)
    const before = gateway.salesforceCalls()
    const answer = await begin('192.0.2.1')
    expect(answer).toMatchObject(refused)
    expect(answer.headers.get('ratelimit-policy')).toContain('"startAddress";q=20;w=60')
    expect(gateway.salesforceCalls()).toEqual(before)
    expect((await begin('192.0.2.2')).status).toBe(200)
  })
})

describe("Salesforce's limit on tokens", () => {
  it('is never reached: the gateway refuses before, and keeps some for renewals', async () => {
    gateway.setEnv({ LIMITS: '{"tokens": [8, "1 m"]}' })
    gateway.salesforce.switches.limits.tokensPerMinute = 8
    const statuses: number[] = []
    for (let visitor = 0; visitor < 9; visitor++) {
      const { token } = await signInAsGuest()
      statuses.push((await request(start, { token, body: {} })).status)
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 429, 429, 429])
    expect(tokensAsked()).toBe(6)
  })

  it('says when to come again, and costs nobody who has a conversation', async () => {
    gateway.setEnv({ LIMITS: '{"tokens": [1, "1 m"]}' })
    const visitor = await startConversation()
    const { token } = await signInAsGuest()
    const answer = await request(start, { token, body: {} })
    expect(answer).toMatchObject(refused)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await visitor.start()).status).toBe(200)
  })

  it('is not used up by calls that were refused for another reason', async () => {
    gateway.setEnv({ LIMITS: '{"tokens": [8, "1 m"], "start": [1, "1 m"]}' })
    const impatient = await startConversation()
    for (let call = 0; call < 6; call++) {
      expect(await impatient.start({ resume: false })).toMatchObject(refused)
    }
    const { token } = await signInAsGuest()
    expect((await request(start, { token, body: {} })).status).toBe(201)
  })
})
