import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import type { TestResponse } from '../support/request.js'
import { expectNoSalesforceCalls } from '../support/sending.js'
import { conversationCalls } from './authenticated-calls.js'

/** Returns a response without the values that are new in each call. */
function withoutPerCallValues({ status, headers, body }: TestResponse) {
  const perCall = ['x-request-id', 'server-timing', 'ratelimit']
  const lasting = [...headers].filter(([name]) => !perCall.includes(name))
  return { status, headers: lasting, body: { ...body, requestId: '' } }
}

describe.each(dialects)("another visitor's conversation ($name)", (dialect) => {
  const { gateway } = setupDialect(dialect)
  const names = Object.keys(conversationCalls).filter((name) => name !== 'POST /api/start')

  it.each(names)(
    '%s returns the same 404 as for an unknown id and makes no Salesforce call',
    async (name) => {
      const owner = await startConversation()
      await owner.send('For nobody else')
      const { token } = await signInAsGuest()
      const call = conversationCalls[name]
      const answers = await expectNoSalesforceCalls(gateway, async () => [
        await call?.(owner.conversationId, { token }),
        await call?.(randomUUID(), { token: (await signInAsGuest()).token }),
      ])
      const [foreign, none] = answers.map((answer) => answer && withoutPerCallValues(answer))
      expect(foreign).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } })
      expect(foreign).toEqual(none)
      expect((await owner.poll()).status).toBe(200)
    },
  )

  it('start returns 404 for it without a Salesforce call, and 201 for an unknown id', async () => {
    const owner = await startConversation()
    const { token } = await signInAsGuest()
    const begin = conversationCalls['POST /api/start']
    const foreign = await expectNoSalesforceCalls(gateway, async () =>
      begin?.(owner.conversationId, { token }),
    )
    expect(foreign).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } })
    expect((await begin?.(randomUUID(), { token }))?.status).toBe(201)
  })

  it('returns 404 after its end at every endpoint and makes no Salesforce call', async () => {
    const owner = await startConversation()
    const { token } = await signInAsGuest()
    await owner.end()
    for (const name of names) {
      const call = async () => conversationCalls[name]?.(owner.conversationId, { token })
      expect((await expectNoSalesforceCalls(gateway, call))?.status, name).toBe(404)
    }
  })
})
