/** Checks what must hold of the built functions on every version of Node. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { callGateway, createReader, startConversation } from './frontend.js'
import { type BuildSetup, inTurn } from './setup.js'

const logLine = z.object({ time: z.iso.datetime(), endpoint: z.string(), status: z.int() })
const choices = z.object({ quickReplies: z.object({ replies: z.array(z.unknown()) }) })

/** Defines the tests of a whole conversation; the setup exists once they run. */
export function testConversations(setupOf: () => BuildSetup): void {
  it('a guest and the bot talk from the greeting to the end', async () => {
    const { first } = setupOf()
    const { token, conversationId, reader, send } = await startConversation(first)
    await reader.until(({ sender }) => sender.role === 'Chatbot')
    expect((await send({ text: 'Is my container there?' })).status).toBe(202)
    await reader.until(({ text }) => text.startsWith('You said “Is my container there?”'))
    const ended = await callGateway(first, '/api/end', { token, body: { conversationId } })
    expect(ended).toMatchObject({ status: 200, body: { status: 'ended' } })
    const late = await send({ text: 'One more thing' })
    expect(late).toMatchObject({ status: 410, body: { code: 'conversation_ended' } })
  })

  it('a choice of the bot is answered', async () => {
    const { reader, send } = await startConversation(setupOf().first)
    await send({ text: 'quick' })
    const question = await reader.until((message) => message.messageType === 'QuickReplyMessage')
    const [reply] = choices.parse(question).quickReplies.replies
    const { itemId, title } = z.object({ itemId: z.string(), title: z.string() }).parse(reply)
    const answer = {
      messageType: 'ChoiceResponseMessage',
      inReplyToMessageId: question.id,
      selections: [{ itemId }],
    }
    expect((await send(answer)).status).toBe(202)
    await reader.until(({ text }) => text === `You chose “${title}”.`)
  })

  it('a picture is taken, and the transcript is a PDF', async () => {
    const { first } = setupOf()
    const { token, conversationId, reader } = await startConversation(first)
    const picture = new Uint8Array(readFileSync('sandbox/salesforce/harbor.png'))
    const form = new FormData()
    form.append('conversationId', conversationId)
    form.append('file', new File([picture], 'harbor.png', { type: 'image/png' }))
    expect(await callGateway(first, '/api/upload', { token, form })).toMatchObject({ status: 202 })
    await reader.until(({ text }) => text === 'I have your file “harbor.png”.')
    const transcript = await callGateway(first, '/api/transcript', {
      token,
      query: { conversationId },
    })
    expect(transcript.headers.get('content-type')).toBe('application/pdf')
    expect(transcript.body).toMatch(/^%PDF-[\s\S]*%%EOF\n$/)
  })

  it('the further endpoints answer, under both prefixes', async () => {
    const { first } = setupOf()
    const { token, conversationId } = await startConversation(first)
    const mine = await callGateway(first, '/api/conversations', { token })
    expect(mine.body.conversations).toMatchObject([{ conversationId, status: 'open' }])
    const health = await callGateway(first, '/api/health')
    expect(health).toMatchObject({ status: 200, body: { status: 'ok' } })
    const availability = await callGateway(first, '/api/availability')
    expect(availability).toMatchObject({ status: 200, body: { open: true } })
    const keys = await callGateway(first, '/.well-known/jwks.json')
    expect(keys).toMatchObject({ status: 200, body: { keys: [] } })
    const page = await callGateway(first, '/api/messaging/poll', {
      token,
      query: { conversationId },
    })
    expect(page).toMatchObject({ status: 200, body: { conversation: { status: 'open' } } })
  })

  it('a session is renewed, and after the sign-out its token is worth nothing', async () => {
    const { first } = setupOf()
    const { refreshToken } = await startConversation(first)
    const renewed = await callGateway(first, '/api/auth', { body: { refreshToken } })
    expect(renewed.status).toBe(200)
    expect(renewed.body.refreshToken).not.toBe(refreshToken)
    const token = String(renewed.body.token)
    const left = await callGateway(first, '/api/auth', { method: 'DELETE', token })
    expect(left).toMatchObject({ status: 204, body: null })
    const { status } = await callGateway(first, '/api/conversations', { token })
    expect(status).toBe(401)
  })

  it('what one process begins another goes on with, call by call', async () => {
    const { first, second, salesforce } = setupOf()
    const { token, conversationId, send, reader } = await startConversation(inTurn(first, second))
    expect((await send({ text: 'Who hears me?' })).status).toBe(202)
    await reader.until(({ text }) => text.startsWith('You said “Who hears me?”'))
    const elsewhere = createReader(second, token, conversationId)
    await elsewhere.until(({ text }) => text.startsWith('You said “Who hears me?”'))
    const idsOf = (messages: readonly { id: string }[]) => messages.map(({ id }) => id)
    expect(idsOf(reader.messages)).toEqual(idsOf(elsewhere.messages))
    expect(new Set(idsOf(reader.messages)).size).toBe(reader.messages.length)

    const call = { token, body: { conversationId, id: randomUUID(), text: 'Only once' } }
    const answers = await Promise.all([
      callGateway(first, '/api/send', call),
      callGateway(second, '/api/send', call),
    ])
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    const { entryLog } = salesforce.conversation(conversationId)
    expect(entryLog.filter(({ entry }) => entry.identifier === call.body.id)).toHaveLength(1)
  })
}

/** Defines the tests of the logs of all earlier tests; it must be called last. */
export function testLogs(setupOf: () => BuildSetup): void {
  it('prints log lines and nothing else: no warning of Node, no secret', () => {
    const { first, second, secrets } = setupOf()
    const lines = [...first.lines, ...second.lines]
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines)
      expect(logLine.safeParse(readJson(line)), line).toMatchObject({ success: true })
    for (const secret of [...secrets, 'eyJ']) expect(lines.join('\n')).not.toContain(secret)
  })
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
