/** Checks that concurrent requests over four processes renew a token once, in both dialects. */
import { describe, expect, it } from 'vitest'
import { guideEnv, guideSalesforce } from '../support/guide.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { openFleet } from './fleet.js'

const soonOver = 30
const { guide } = guideSalesforce
if (!guide) throw new Error('The guide’s dialect has a login')

const dialects = [
  {
    name: 'enhanced-chat, verified',
    salesforce: () => verifiedSalesforce,
    env: () => verifiedEnv,
    life: 'verifiedTokenLifeSeconds',
    exchange: 'generateAccessTokenForAuthenticatedUser',
  },
  {
    name: 'guide',
    salesforce: (url: string) => ({ ...guideSalesforce, guide: { ...guide, loginUrl: url } }),
    env: (url: string) => ({ ...guideEnv, SALESFORCE_LOGIN_URL: url }),
    life: 'guestTokenLifeSeconds',
    exchange: 'authorize',
  },
] as const

describe.each(dialects)('20 concurrent requests over 4 processes ($name)', (dialect) => {
  const gateway = openFleet(dialect)
  const exchanges = () => gateway.exchangesOf(dialect.exchange).length

  /** Starts a conversation whose token expires soon, in an org whose next tokens live longer. */
  async function startWithExpiringToken() {
    const { switches } = gateway.salesforce()
    const usual = switches[dialect.life]
    switches[dialect.life] = soonOver
    const visitor = await gateway.startConversation()
    switches[dialect.life] = usual
    return visitor
  }

  it('renew an expiring token exactly once', async () => {
    const visitor = await startWithExpiringToken()
    const before = exchanges()
    const polls = await Promise.all(Array.from({ length: 20 }, () => visitor.poll()))
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200))
    expect(exchanges()).toBe(before + 1)
  })

  it('renew a refused token exactly once, and every message arrives once', async () => {
    const visitor = await gateway.startConversation()
    const before = exchanges()
    gateway.salesforce().expireTokens()
    const texts = Array.from({ length: 10 }, (_each, index) => `Number ${index}`)
    const sends = texts.map((text) => visitor.sendText(text))
    const polls = texts.map(() => visitor.poll())
    const answers = await Promise.all([...sends, ...polls])
    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_answer, index) => (index < texts.length ? 202 : 200)),
    )
    expect(exchanges()).toBe(before + 1)
    const { messages } = (await visitor.poll()).body
    const sent = messages.filter(({ sender }) => sender.role === 'EndUser')
    expect(sent.map(({ text }) => text).sort()).toEqual(texts)
  })

  it('get 429 while a renewal fails, and the next request renews the token', async () => {
    const visitor = await startWithExpiringToken()
    gateway.salesforce().fail({ operation: dialect.exchange, times: 4, what: { status: 429 } })
    const refused = await Promise.all([1, 2, 3, 4].map(() => visitor.poll()))
    for (const { status, code } of refused) expect([status, code]).toEqual([429, 'rate_limited'])
    expect((await visitor.poll()).status).toBe(200)
  })
})
