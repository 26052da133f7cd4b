/** What the guide's dialect adds to the table: its tokens, and what its list makes of lost answers. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import transcript from '../../api/transcript.js'
import upload from '../../api/upload.js'
import { expectProblem, shiftClock, unheard } from '../api/saying.js'
import { knock } from '../support/knock.js'
import { visit } from '../support/visit.js'
import { openScene } from './scene.js'
import { dialects } from './table.js'

const [guide] = dialects.filter(({ name }) => name === 'guide')
if (!guide) throw new Error('The table does not hold the guide’s dialect')
const scene = openScene(guide, { ACCESS_TOKEN_SECONDS: '900' })
const { world, fail, stored } = scene

const admissions = () => scene.exchangesOf('admit').length

describe('a token of the guide’s dialect', () => {
  it('serves all conversations of its visitor, and nobody else', async () => {
    const visitor = await visit()
    await visitor.start({ resume: false })
    expect([scene.names().length, admissions()]).toEqual([2, 1])
    await visit()
    expect(admissions()).toBe(2)
  })

  it('is renewed a minute before it ends, once for however many calls, and not before', async () => {
    world.salesforce.switches.guestTokenLifeSeconds = 300
    const visitor = await visit()
    shiftClock(238_000)
    await visitor.poll()
    expect(admissions()).toBe(1)
    shiftClock(241_000)
    const polls = await Promise.all(Array.from({ length: 20 }, () => visitor.poll()))
    expect(new Set(polls.map(({ status }) => status))).toEqual(new Set([200]))
    expect(admissions()).toBe(2)
  })

  it('that is refused while something is said is renewed, and the thing is said once', async () => {
    const visitor = await visit()
    world.salesforce.expireTokens()
    expect((await visitor.say('Once')).status).toBe(202)
    expect([stored(scene.name()), admissions()]).toEqual([['Once'], 2])
  })

  it('is not to be had while the login refuses, and the log says what to check', async () => {
    world.salesforce.fail({ operation: 'exchangeAssertion', what: { status: 400 } })
    await expect(visit()).rejects.toThrow('upstream_rejected')
    expect(world.lines.join('\n')).toContain('SALESFORCE_SIGNING_KEY')
    await visit()
  })
})

describe('a message whose answer was lost', () => {
  it('shows up once, under an id that nobody sent, and is the same in every tab', async () => {
    const visitor = await visit()
    const { cursor } = (await visitor.poll()).body
    const id = randomUUID()
    fail('say', { when: 'after' })
    await visitor.say('Lost', id)
    const said = await Promise.all([visitor.poll({ cursor }), visitor.poll()])
    const echoes = said.map(({ body }) =>
      body.messages.filter(({ text }: { text: string }) => text === 'Lost'),
    )
    expect(echoes.map(({ length }) => length)).toEqual([1, 1])
    expect(echoes[0]).toEqual(echoes[1])
    expect(echoes[0][0].id).not.toBe(id)
  })
})

describe('files and transcripts', () => {
  it('are unsupported, and Salesforce hears nothing', async () => {
    const { token, conversationId, started } = await visit()
    expect(started.attachments).toBeNull()
    const form = new FormData()
    form.set('conversationId', conversationId)
    form.set('file', new File(['Hello'], 'a.txt', { type: 'text/plain' }))
    const answers = await unheard(world, async () => [
      await knock(upload, { token, form }),
      await knock(transcript, { token, query: { conversationId } }),
    ])
    for (const answer of answers) expectProblem(answer, 409, 'unsupported')
  })
})
