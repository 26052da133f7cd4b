import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { responseViolations } from '../../sandbox/salesforce/openapi.js'
import { advanceClock, setupSalesforce } from './salesforce-setup.js'
import {
  api,
  callSalesforce,
  createGuest,
  guestTokenPath,
  guestTokenRequest,
  textOf,
} from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }), responseViolations)
const uuidComplaint = 'Specify the conversationId in UUID format. The UUID must be in lowercase.'

describe('a guest token request', () => {
  test.each([
    ['an 18-character org id', { orgId: '00DZZ0000000AbCEAU' }],
    ['another org', { orgId: '00DZZ0000000AbD' }],
    ['another deployment', { esDeveloperName: 'Harbor_Web' }],
    ['no platform', { platform: undefined }],
    ['a space in appName', { context: { appName: 'my app', clientVersion: '1' } }],
  ])('is refused for %s', async (_why, change) => {
    const body = { ...guestTokenRequest, ...change }
    const { status, body: problem } = await callSalesforce(salesforce, 'POST', guestTokenPath, {
      body,
    })
    expect(status).toBe(400)
    expect(problem).toEqual({ message: expect.any(String), errorCode: 'BAD_REQUEST' })
  })

  test('is refused on a channel that verifies its users', async () => {
    const strict = createSalesforce({ authMode: 'Auth' })
    const answer = await callSalesforce(strict, 'POST', guestTokenPath, { body: guestTokenRequest })
    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'Set the auth mode to false.', errorCode: 'BAD_REQUEST' },
    })
  })

  test('makes a new person each time, who is kept out of the old conversation', async () => {
    const first = await createGuest(salesforce)
    const second = await createGuest(salesforce)
    await first.create()
    expect(second.subject).not.toBe(first.subject)
    const denied = { status: 403, body: { message: 'Permission Denied' } }
    const where = `/conversation/${first.conversationId}`
    expect(await second.call('GET', where)).toMatchObject(denied)
    expect(await second.call('GET', `${where}/entries`)).toMatchObject(denied)
    const body = textOf('it is me')
    expect(await second.call('POST', `${where}/message`, { body })).toMatchObject(denied)
    expect(await second.create({ conversationId: first.conversationId })).toMatchObject(denied)
  })

  test('is continued as the same person, without a longer life', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    advanceClock(60_000)
    const { body } = await guest.call('GET', '/authorization/continuation-access-token')
    expect(body.accessToken).not.toBe(guest.token)
    const again = await callSalesforce(salesforce, 'GET', guest.path, { token: body.accessToken })
    expect(again.status).toBe(200)
    advanceClock(6 * 60 * 60_000 - 60_000)
    const late = await callSalesforce(salesforce, 'GET', guest.path, { token: body.accessToken })
    expect(late).toMatchObject({ status: 401, body: 'Jwt is expired' })
  })
})

describe('a token', () => {
  const plain = { 'content-type': 'text/plain' }

  test('is missed, and found false, expired or revoked, in plain text', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const read = async (token: string | null) => {
      const { status, headers, body } = await callSalesforce(salesforce, 'GET', guest.path, {
        token,
      })
      return { status, type: headers.get('content-type'), body }
    }
    const refusal = (body: string) => ({ status: 401, type: plain['content-type'], body })
    expect(await read(null)).toEqual(refusal('Jwt is missing'))
    expect(await read('not.a.token')).toEqual(refusal('Jwt verification fails'))
    const expired = await salesforce.mintToken({ expiresAtSeconds: Date.now() / 1000 - 1 })
    expect(await read(expired)).toEqual(refusal('Jwt is expired'))
    const foreign = await createSalesforce().mintToken({ subject: guest.subject })
    expect(await read(foreign)).toEqual(refusal('Jwt verification fails'))
    salesforce.revokeTokens()
    expect(await read(guest.token)).toEqual(refusal('Jwt verification fails'))
  })

  test('of another version is refused in JSON', async () => {
    const token = await salesforce.mintToken({ apiVersion: 'v1' })
    const answer = await callSalesforce(salesforce, 'GET', `${api}/conversation/list`, { token })
    expect(answer.status).toBe(401)
    expect(answer.body.message).toMatch(/^JWT is valid,but not issued with correct version/)
  })

  test('lives as long as the switch says', async () => {
    salesforce.switches.guestTokenLifeSeconds = 90
    const guest = await createGuest(salesforce)
    advanceClock(89_000)
    expect((await guest.create()).status).toBe(201)
    advanceClock(1_000)
    expect((await guest.status()).status).toBe(401)
  })
})

describe('a conversation', () => {
  test.each([
    randomUUID().toUpperCase(),
    'a1',
    '7c1e9f52-3d0b-1a7e-9b55-0e6f2a1c8d44',
    '7c1e9f52-3d0b-4a7e-cb55-0e6f2a1c8d44',
  ])('is not created with the id %s', async (conversationId) => {
    const guest = await createGuest(salesforce)
    const { status, body } = await guest.create({ conversationId })
    expect(status).toBe(400)
    expect(body.message).toContain(uuidComplaint)
  })

  test('refuses properties that the reference does not know, unless lenient', async () => {
    const guest = await createGuest(salesforce)
    expect((await guest.create({ prechatDetails: [] })).status).toBe(400)
    salesforce.switches.strict = false
    expect((await guest.create({ prechatDetails: [] })).status).toBe(201)
  })

  test.each([
    ['another deployment', { esDeveloperName: 'Other' }],
    ['attributes that are no strings', { routingAttributes: { age: 7 } }],
  ])('is not created with %s', async (_why, extra) => {
    const guest = await createGuest(salesforce)
    expect((await guest.create(extra)).status).toBe(400)
  })

  test('created again is the same one, and 400 once closed', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const before = await guest.timeline()
    expect((await guest.create()).status).toBe(201)
    expect(await guest.timeline()).toEqual(before)
    await guest.close()
    expect((await guest.create()).status).toBe(400)
  })

  test('created again is 409 where switched so, whose ever it is and even closed', async () => {
    salesforce.switches.repeatedCreate = 'conflict'
    const guest = await createGuest(salesforce)
    const stranger = await createGuest(salesforce)
    expect((await guest.create()).status).toBe(201)
    const { conversationId } = guest
    expect(await guest.create()).toMatchObject({ status: 409, body: { errorCode: 'CONFLICT' } })
    expect((await stranger.create({ conversationId })).status).toBe(409)
    await guest.close()
    expect((await guest.create()).status).toBe(409)
  })

  test('is created, spoken in and closed with the statuses that are switched so', async () => {
    Object.assign(salesforce.switches, { createStatus: 200, sendStatus: 201, closeStatus: 202 })
    const guest = await createGuest(salesforce)
    const answers = [await guest.create(), await guest.sendText('hello'), await guest.close()]
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 202])
  })

  test('is not closed by a request with a JSON body', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const query = { esDeveloperName: 'Harbor_Custom_Client' }
    const path = `/conversation/${guest.conversationId}`
    expect((await guest.call('DELETE', path, { query, body: {} })).status).toBe(400)
    expect((await guest.sendText('still here')).status).toBe(202)
  })

  test('is refused with 412 outside the hours, and one that is open goes on', async () => {
    const early = await createGuest(salesforce)
    await early.create()
    const startTime = Date.now() + 60_000
    salesforce.switches.businessHours = [{ startTime, endTime: startTime + 60_000 }]
    const guest = await createGuest(salesforce)
    expect(await guest.create()).toMatchObject({
      status: 412,
      body: { message: expect.any(String), errorCode: 'PRECONDITION_FAILED' },
    })
    expect((await early.create()).status).toBe(201)
    expect((await early.sendText('hello')).status).toBe(202)
    advanceClock(60_000)
    expect((await guest.create()).status).toBe(201)
  })

  test('that nobody created is not found', async () => {
    const guest = await createGuest(salesforce)
    expect((await guest.status()).status).toBe(404)
    expect((await guest.sendText('hello')).status).toBe(404)
    expect((await guest.call('POST', `/conversation/${guest.conversationId}/close`)).status).toBe(
      404,
    )
  })

  test('is closed only with the name of the deployment, and only once', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const bare = await guest.call('DELETE', `/conversation/${guest.conversationId}`)
    expect(bare.status).toBe(400)
    expect((await guest.close()).status).toBe(204)
    expect((await guest.close()).status).toBe(403)
    expect((await guest.endSession()).status).toBe(403)
  })

  test('goes on in a new session after the visitor ended one', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    expect((await guest.endSession()).status).toBe(204)
    expect((await guest.status()).body.routingStatus).toBe('NEEDS_ROUTING')
    expect((await guest.sendText('one more thing')).status).toBe(202)
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })
})

describe('a message', () => {
  test.each([
    ['an upper-case id', textOf('hi', randomUUID().toUpperCase())],
    ['no text', textOf('')],
    ['no deployment', { message: textOf('hi').message }],
    [
      'a type that only agents send',
      {
        ...textOf('hi'),
        message: { id: randomUUID(), messageType: 'ChoicesMessage', choices: {} },
      },
    ],
    ['nothing at all', undefined],
  ])('is refused with %s', async (_why, body) => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const where = `/conversation/${guest.conversationId}/message`
    expect((await guest.call('POST', where, { body })).status).toBe(400)
    expect((await guest.timeline()).some((line) => line.startsWith('EndUser'))).toBe(false)
  })

  test('sent twice with one id is accepted twice and stored once', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const id = randomUUID()
    const copies = async () => (await guest.list()).filter(({ identifier }) => identifier === id)
    expect((await guest.sendText('only once', id)).status).toBe(202)
    expect((await guest.sendText('only once', id)).status).toBe(202)
    expect(await copies()).toHaveLength(1)
    salesforce.switches.storesDuplicates = true
    await guest.sendText('only once', id)
    expect(await copies()).toHaveLength(2)
  })

  test.each([
    ['see https://harbor.example/map', 'see', 'https://harbor.example/map'],
    ['https://harbor.example/map is it', 'is it', 'https://harbor.example/map'],
    ['https://harbor.example/map', 'https://harbor.example/map', 'https://harbor.example/map'],
  ])('“%s” is split into a text and a link', async (said, text, url) => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const id = randomUUID()
    await guest.sendText(said, id)
    const sent = (await guest.list()).filter(({ sender }) => sender.role === 'EndUser').reverse()
    expect(sent).toMatchObject([
      { identifier: id, entryPayload: { abstractMessage: { staticContent: { text } } } },
      {
        entryPayload: {
          abstractMessage: { staticContent: { formatType: 'RichLink', linkItem: { url } } },
        },
      },
    ])
    expect(sent[1]?.identifier).not.toBe(id)
  })

  test('of 4,000 characters is accepted, and a longer one refused', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    expect((await guest.sendText('x'.repeat(4_000))).status).toBe(202)
    expect(await guest.sendText('x'.repeat(4_001))).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('maximum length'), errorCode: 'BAD_REQUEST' },
    })
  })

  test('with a link in the middle stays whole', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('on https://harbor.example/map please')
    expect(await guest.timeline()).toContain('EndUser: on https://harbor.example/map please')
  })

  test('needs pre-chat again when the form is asked for each session', async () => {
    const displayContext = 'Session'
    const asking = createSalesforce({
      switches: instant,
      forms: [{ formType: 'PreChat', displayContext, formFields: [] }],
    })
    const guest = await createGuest(asking)
    await guest.create()
    expect((await guest.sendText('first')).status).toBe(202)
    await guest.endSession()
    expect((await guest.sendText('second')).status).toBe(417)
    const body = { ...textOf('second'), isNewMessagingSession: true, routingAttributes: {} }
    const where = `/conversation/${guest.conversationId}/message`
    expect((await guest.call('POST', where, { body })).status).toBe(202)
    expect((await guest.sendText('third')).status).toBe(202)
    expect(asking.exchanges.flatMap(responseViolations)).toEqual([])
  })
})

describe('a limit', () => {
  test('is 22 messages a minute in one conversation', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    for (let sent = 0; sent < 22; sent += 1) expect((await guest.sendText('hi')).status).toBe(202)
    const refused = await guest.sendText('hi')
    expect(refused.status).toBe(429)
    expect(refused.body).toEqual({ message: expect.any(String), errorCode: expect.any(String) })
    advanceClock(60_000)
    expect((await guest.sendText('hi')).status).toBe(202)
  })

  test('is 30 lists a minute of one conversation, sliding, by default', async () => {
    const polled = createSalesforce({ switches: { botDelayMs: 0 } })
    const [guest, other] = [await createGuest(polled), await createGuest(polled)]
    await guest.create()
    await other.create()
    const list = async ({ call, conversationId } = guest) =>
      await call('GET', `/conversation/${conversationId}/entries`)
    for (let listed = 0; listed < 30; listed += 1) {
      expect((await list()).status).toBe(200)
      advanceClock(1_000)
    }
    const refused = await list()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBeNull()
    expect((await list(other)).status).toBe(200)
    advanceClock(30_000)
    expect([(await list()).status, (await list()).status]).toEqual([200, 429])
    polled.switches.limits.listsPerMinute = null
    expect((await list()).status).toBe(200)
    expect(polled.exchanges.flatMap(responseViolations)).toEqual([])
  })

  test('is told with a Retry-After where the switch says so', async () => {
    salesforce.switches.limits.listsPerMinute = 1
    salesforce.switches.retryAfterSeconds = 7
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.list()
    const where = `/conversation/${guest.conversationId}/entries`
    const { status, headers } = await guest.call('GET', where)
    expect([status, headers.get('retry-after')]).toEqual([429, '7'])
  })

  test('is 3 conversations of one subject in 30 seconds', async () => {
    const guest = await createGuest(salesforce)
    const create = async () => (await guest.create({ conversationId: randomUUID() })).status
    expect([await create(), await create(), await create()]).toEqual([201, 201, 201])
    expect(await create()).toBe(429)
    advanceClock(30_000)
    expect(await create()).toBe(201)
  })

  test('is the number of open conversations of the org, where switched so', async () => {
    salesforce.switches.limits.openConversations = 1
    const [first, second] = [await createGuest(salesforce), await createGuest(salesforce)]
    expect((await first.create()).status).toBe(201)
    expect(await second.create()).toMatchObject({
      status: 429,
      body: { message: expect.stringContaining('RESOURCE_EXHAUSTED') },
    })
    await first.close()
    expect((await second.create()).status).toBe(201)
  })

  test('is 200 tokens a minute for the org, and can be switched off', async () => {
    const take = async () =>
      (await callSalesforce(salesforce, 'POST', guestTokenPath, { body: guestTokenRequest })).status
    for (let taken = 0; taken < 200; taken += 1) expect(await take()).toBe(200)
    expect(await take()).toBe(429)
    salesforce.switches.limits.tokensPerMinute = null
    expect(await take()).toBe(200)
  })
})
