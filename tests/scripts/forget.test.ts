import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { forgetVisitors } from '../../scripts/forget-visitors.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway, type TestGateway } from '../support/gateway.js'
import { guideEnv, guideSalesforce } from '../support/guide.js'
import { request } from '../support/request.js'
import { holdRequests } from '../support/sending.js'
import { storedValues } from '../support/stored-keys.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

/** Requests that are being served when tokens are refused have this time to come to their end. */
async function forgetIn(gateway: TestGateway, args: readonly string[]) {
  const lines: string[] = []
  gateway.setEnv({ REQUEST_DEADLINE_MS: '200' })
  const code = await forgetVisitors(args, (line) => lines.push(line))
  gateway.setEnv({ REQUEST_DEADLINE_MS: '5000' })
  return { code, lines }
}

async function keysNaming(gateway: TestGateway, ...ids: string[]): Promise<string[]> {
  const all = [...(await storedValues(gateway))]
  return all.filter((row) => ids.some((id) => `${row}`.includes(id))).map(([key]) => key)
}

/** Opens two conversations for a guest, of which one stays open, with messages and typing. */
async function visitorWithConversations() {
  const visitor = await startConversation()
  await visitor.send('my private text')
  await visitor.end()
  const { body } = await visitor.start()
  const conversationId = String(body.conversationId)
  const { token } = visitor
  await request(send, { token, body: { conversationId, text: 'another private text' } })
  const typing = { conversationId, messageType: 'TypingIndicator', typing: true }
  await request(send, { token, body: typing })
  return { ...visitor, conversationIds: [visitor.conversationId, conversationId] }
}

describe('forgetting a guest', () => {
  const gateway = setupGateway()
  const forget = (...args: string[]) => forgetIn(gateway, args)

  it('deletes every key that names the guest or a conversation, but what refuses old tokens', async () => {
    const { user, conversationIds } = await visitorWithConversations()
    const { code, lines } = await forget(user.id)
    expect(code).toBe(0)
    expect(await keysNaming(gateway, user.id, ...conversationIds)).toEqual([
      `local:visitor:{${user.id}}`,
    ])
    expect((await storedValues(gateway)).get(`local:visitor:{${user.id}}`)).toBe(
      '["gone","nobody"]',
    )
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/ended 1 of 1 open conversations; deleted .*family 1.*owner 2.*send 2/)
    expect(lines[0]).not.toMatch(/private|eyJ/)
  })

  it('refuses every token that is still out there', async () => {
    const { user, token, refreshToken, send, poll } = await visitorWithConversations()
    await forget(user.id)
    expect((await poll()).status).toBe(401)
    expect((await send('Still here?')).status).toBe(401)
    const again = await request(auth, { body: { refreshToken } })
    expect(again).toMatchObject({ status: 401, body: { code: 'refresh_rejected' } })
    expect((await request(conversations, { token })).status).toBe(401)
  })

  it('ends what is open in Salesforce', async () => {
    const { user, conversationIds } = await visitorWithConversations()
    const endOf = () => gateway.salesforce.conversation(conversationIds[1] ?? '').endTimestamp
    expect(endOf()).toBe(0)
    await forget(user.id)
    expect(endOf()).toBeGreaterThan(0)
  })

  it('waits for a start that is under way, and ends its conversation in Salesforce', async () => {
    const { token, user } = await signInAsGuest()
    const conversationId = randomUUID()
    const opening = holdRequests(gateway, '/conversation')
    const starting = request(start, { token, body: { conversationId } })
    await opening.asked
    const forgetting = forget(user.id)
    setTimeout(opening.release, 1000)
    expect((await forgetting).code).toBe(0)
    await starting
    expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBeGreaterThan(0)
    expect((await storedValues(gateway)).get(`local:visitor:{${user.id}}`)).toBe(
      '["gone","nobody"]',
    )
  })

  it('leaves everybody else alone', async () => {
    const { user } = await visitorWithConversations()
    const other = await visitorWithConversations()
    const ids = [other.user.id, ...other.conversationIds]
    const before = await keysNaming(gateway, ...ids)
    await forget(user.id)
    expect(await keysNaming(gateway, ...ids)).toEqual(before)
    expect((await other.poll()).status).toBe(200)
  })

  it('only counts when asked to, and changes nothing', async () => {
    const { user, poll } = await visitorWithConversations()
    const [before, callsBefore] = [await storedValues(gateway), gateway.salesforceCalls().length]
    const { code, lines } = await forget(user.id, '--dry-run')
    expect(code).toBe(0)
    expect(lines[0]).toMatch(/would end 1 open conversations and delete .*visitor 1/)
    expect(await storedValues(gateway)).toEqual(before)
    expect(gateway.salesforceCalls()).toHaveLength(callsBefore)
    expect((await poll()).status).toBe(200)
  })

  it('deletes also when Salesforce does not answer, and reports that', async () => {
    const { user, conversationIds } = await visitorWithConversations()
    gateway.salesforce.fail({ operation: 'closeConversation', times: 50, what: 'drop' })
    const { code, lines } = await forget(user.id)
    expect(code).toBe(0)
    expect(lines[0]).toContain('ended 0 of 1 open conversations (1 could not be ended')
    expect(await keysNaming(gateway, ...conversationIds)).toEqual([])
  })

  it('finds conversations that the record has forgotten', async () => {
    const { user, conversationIds } = await visitorWithConversations()
    const [old = ''] = conversationIds
    const record = `local:visitor:{${user.id}}`
    await gateway.redisBackend.execute(['HDEL', record, `c:${old}`, `t:${old}`])
    expect(await keysNaming(gateway, old)).not.toEqual([])
    await forget(user.id)
    expect(await keysNaming(gateway, old)).toEqual([])
  })

  it('finds a guest who never began a conversation', async () => {
    const { user, refreshToken } = await signInAsGuest()
    expect((await forget(user.id)).code).toBe(0)
    expect((await request(auth, { body: { refreshToken } })).status).toBe(401)
  })

  it('says when nobody is known by an id, and forgets the others', async () => {
    const { user, conversationIds } = await visitorWithConversations()
    const { code, lines } = await forget('guest-nobody', user.id)
    expect(code).toBe(1)
    expect(lines[0]).toBe('guest-nobody: nothing is kept of this visitor')
    expect(await keysNaming(gateway, ...conversationIds)).toEqual([])
    expect((await forget(user.id)).lines[0]).toContain('nothing is kept')
  })

  it('says that it is to be run again when the store fails, and then does it', async () => {
    const { user, conversationIds } = await visitorWithConversations()
    gateway.redis.fault({ what: 'drop', times: 100 })
    const failed = await forget(user.id)
    expect(failed.code).toBe(1)
    expect(failed.lines.at(-1)).toContain('Run it again')
    gateway.redis.clearFaults()
    expect((await forget(user.id)).code).toBe(0)
    expect(await keysNaming(gateway, ...conversationIds)).toEqual([])
  })

  it.each([['--dry-run'], ['*'], ['guest-*'], ['guest-a:b'], ['--all'], ['{x}']])(
    'takes %j for no visitor, and asks nothing',
    async (...args) => {
      const { requests } = gateway.redis.counts
      const { code, lines } = await forget(...args)
      expect(code).toBe(1)
      expect(lines.at(-1)).toContain('Usage')
      expect(gateway.redis.counts.requests).toBe(requests)
    },
  )

  it('refuses to work without a complete environment, and names what is missing', async () => {
    gateway.setEnv({ SESSION_SECRET: '', SALESFORCE_ORG_ID: 'nope-7' })
    const { code, lines } = await forget('guest-somebody')
    expect(code).toBe(1)
    expect(lines.join()).toMatch(/SESSION_SECRET is missing/)
    expect(lines.join()).toMatch(/SALESFORCE_ORG_ID/)
    expect(lines.join()).not.toContain('nope-7')
  })

  it('is a command, with an exit code', () => {
    const { PATH = '', HOME = '' } = process.env
    const args = ['--import', import.meta.resolve('tsx'), resolve('scripts/forget.ts'), 'guest-x']
    const options = { cwd: tmpdir(), env: { PATH, HOME }, encoding: 'utf8' } as const
    const { status, stdout } = spawnSync(process.execPath, args, options)
    expect(status).toBe(1)
    expect(stdout).toContain('SESSION_SECRET is missing')
  })
})

describe('forgetting a known visitor', () => {
  const gateway = setupGateway({
    salesforce: verifiedSalesforce,
    env: { ...verifiedEnv, ...loginEnv },
  })
  const forget = (...args: string[]) => forgetIn(gateway, args)
  const signIn = async (refreshToken?: string) => {
    const claims = { email: 'mina@private.example' }
    const body = { identityToken: await identityToken({ claims }), refreshToken }
    return (await request(auth, { body })).body
  }

  it('leaves nothing that names them, not even by the guest they were', async () => {
    const guest = await startConversation()
    const { token, user } = await signIn(guest.refreshToken)
    expect((await request(conversations, { token })).body.conversations).toHaveLength(1)
    expect((await forget(user.id)).code).toBe(0)
    const left = await keysNaming(gateway, user.id, guest.user.id, guest.conversationId)
    expect(left.sort()).toEqual([`local:visitor:{${guest.user.id}}`, `local:visitor:{${user.id}}`])
    const all = await storedValues(gateway)
    expect(all.get(`local:visitor:{${guest.user.id}}`)).toBe('["gone","nobody"]')
    expect(all.get(`local:visitor:{${user.id}}`)).toMatch(/^\["out","\d+"\]$/)
    expect((await request(conversations, { token })).status).toBe(401)
    expect((await request(conversations, { token: guest.token })).status).toBe(401)
  })

  it('signs out every device, and lets them sign in again as if for the first time', async () => {
    const [phone, laptop] = [await signIn(), await signIn()]
    await forget(phone.user.id)
    for (const { token, refreshToken } of [phone, laptop]) {
      expect((await request(conversations, { token })).status).toBe(401)
      expect((await request(auth, { body: { refreshToken } })).status).toBe(401)
    }
    const anew = await signIn()
    expect(anew.user.id).toBe(phone.user.id)
    const { status, body } = await request(conversations, { token: anew.token })
    expect({ status, body }).toEqual({ status: 200, body: { conversations: [] } })
  })

  it('says of a guest who has signed in who that is now', async () => {
    const guest = await startConversation()
    const { user } = await signIn(guest.refreshToken)
    const { code, lines } = await forget(guest.user.id)
    expect(code).toBe(1)
    expect(lines[0]).toContain(`has signed in as ${user.id}`)
  })
})

describe("forgetting a guest in the guide's dialect", () => {
  const gateway = setupGateway({ salesforce: guideSalesforce, env: guideEnv })

  it('deletes the names of messages as well', async () => {
    const visitor = await startConversation()
    await visitor.send('Hello')
    const mark = visitor.conversationId
    expect(await keysNaming(gateway, `listed:{${mark}`)).toHaveLength(1)
    const { lines } = await forgetIn(gateway, [visitor.user.id])
    expect(lines[0]).toContain('listed 1')
    expect(await keysNaming(gateway, mark)).toEqual([])
  })
})
