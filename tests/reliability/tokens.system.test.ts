/** One renewal, however many ask: over four processes, in both dialects. */
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

describe.each(dialects)('20 requests at once over 4 processes ($name)', (dialect) => {
  const gateway = openFleet(dialect)
  const exchanges = () => gateway.exchangesOf(dialect.exchange).length

  /** A visitor whose token is about to end, in an org whose next tokens live longer. */
  async function visitWithTokenDue() {
    const { switches } = gateway.salesforce()
    const usual = switches[dialect.life]
    switches[dialect.life] = soonOver
    const visitor = await gateway.startConversation()
    switches[dialect.life] = usual
    return visitor
  }

  it('renew a token that is due once', async () => {
    const visitor = await visitWithTokenDue()
    const before = exchanges()
    const polls = await Promise.all(Array.from({ length: 20 }, () => visitor.poll()))
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200))
    expect(exchanges()).toBe(before + 1)
  })

  it('renew a token that Salesforce refuses once, and every message arrives once', async () => {
    const visitor = await gateway.startConversation()
    const before = exchanges()
    gateway.salesforce().expireTokens()
    const texts = Array.from({ length: 10 }, (_each, index) => `Number ${index}`)
    const says = texts.map((text) => visitor.sendText(text))
    const polls = texts.map(() => visitor.poll())
    const answers = await Promise.all([...says, ...polls])
    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_answer, index) => (index < texts.length ? 202 : 200)),
    )
    expect(exchanges()).toBe(before + 1)
    const { messages } = (await visitor.poll()).body
    const said = messages.filter(({ sender }) => sender.role === 'EndUser')
    expect(said.map(({ text }) => text).sort()).toEqual(texts)
  })

  it('hear of a renewal that fails, and the next one mends it', async () => {
    const visitor = await visitWithTokenDue()
    gateway.salesforce().fail({ operation: dialect.exchange, times: 4, what: { status: 429 } })
    const refused = await Promise.all([1, 2, 3, 4].map(() => visitor.poll()))
    for (const { status, code } of refused) expect([status, code]).toEqual([429, 'rate_limited'])
    expect((await visitor.poll()).status).toBe(200)
  })
})
