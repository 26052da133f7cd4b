import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { unheard } from '../api/saying.js'
import { openScene } from '../dialects/scene.js'
import { dialects } from '../dialects/table.js'
import type { Answer } from '../support/knock.js'
import { arrive, visit } from '../support/visit.js'
import { aboutConversations } from './guarded.js'

/** All that a caller can tell two answers apart by, but what is made anew for each call. */
function told({ status, headers, body }: Answer) {
  const perCall = ['x-request-id', 'server-timing', 'ratelimit']
  const lasting = [...headers].filter(([name]) => !perCall.includes(name))
  return { status, headers: lasting, body: { ...body, requestId: '' } }
}

describe.each(dialects)('somebody else’s conversation ($name)', (dialect) => {
  const { world } = openScene(dialect)
  const names = Object.keys(aboutConversations).filter((name) => name !== 'POST /api/start')

  it.each(names)('is at %s what never was, and Salesforce hears nothing', async (name) => {
    const owner = await visit()
    await owner.say('For nobody else')
    const { token } = await arrive()
    const call = aboutConversations[name]
    const answers = await unheard(world, async () => [
      await call?.(owner.conversationId, { token }),
      await call?.(randomUUID(), { token: (await arrive()).token }),
    ])
    const [foreign, none] = answers.map((answer) => answer && told(answer))
    expect(foreign).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } })
    expect(foreign).toEqual(none)
    expect((await owner.poll()).status).toBe(200)
  })

  it('cannot be opened, and an id that never was can', async () => {
    const owner = await visit()
    const { token } = await arrive()
    const begin = aboutConversations['POST /api/start']
    const foreign = await unheard(world, async () => begin?.(owner.conversationId, { token }))
    expect(foreign).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } })
    expect((await begin?.(randomUUID(), { token }))?.status).toBe(201)
  })

  it('stays so when it has ended, and when its owner has gone', async () => {
    const owner = await visit()
    const { token } = await arrive()
    await owner.end()
    for (const name of names) {
      const call = async () => aboutConversations[name]?.(owner.conversationId, { token })
      expect((await unheard(world, call))?.status, name).toBe(404)
    }
  })
})
