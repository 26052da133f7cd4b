import { describe, expect, it } from 'vitest'
import { setupGateway } from '../support/gateway.js'
import {
  attachments,
  createFile,
  createForm,
  filesSentToSalesforce,
  png,
} from '../support/uploads.js'
import { type Call, invoke, ways } from './lambda-calls.js'

const gateway = setupGateway({
  env: { CLIENT_ADDRESS: 'lambda' },
  salesforce: { attachments, allowTranscriptDownload: true },
})

const json = { 'Content-Type': 'application/json' }

describe.each(ways)('through %s', (_way, toEvent, domain) => {
  const call = (options: Call) => invoke(toEvent, options)
  const welcome = (options: Partial<Call> = {}) =>
    call({ method: 'POST', path: '/api/auth', headers: json, body: '{}', ...options })

  async function visit() {
    const { body } = await welcome()
    const headers = { Authorization: `Bearer ${body.token}` }
    const post = (path: string, content: object) =>
      call({
        method: 'POST',
        path,
        headers: { ...json, ...headers },
        body: JSON.stringify(content),
      })
    const started = await post('/api/start', {})
    expect(started.status).toBe(201)
    const conversationId = String(started.body.conversationId)
    const get = (path: string, ...query: [string, string][]) =>
      call({ path, headers, query: [['conversationId', conversationId], ...query] })
    async function upload(content: Buffer = png) {
      const form = createForm({ conversationId, file: createFile({ content }) })
      const written = new Request('https://any.example', { method: 'POST', body: form })
      const type = written.headers.get('content-type') ?? ''
      return call({
        method: 'POST',
        path: '/api/upload',
        headers: { ...headers, 'Content-Type': type },
        body: new Uint8Array(await written.arrayBuffer()),
      })
    }
    return { conversationId, headers, post, get, upload }
  }

  it('a poll that waited gives its place back before the answer, which freezes the process', async () => {
    const { conversationId, get } = await visit()
    const cursor = String((await get('/api/poll')).body.cursor)
    gateway.salesforce.inject(conversationId, [{ text: 'News' }])
    gateway.redis.fault({ what: { slowMs: 0 } })
    gateway.redis.fault({ what: { slowMs: 400 } })
    await get('/api/poll', ['cursor', cursor], ['wait', '25'])
    const keys = await gateway.redisBackend.execute(['KEYS', '*:waits:*'])
    expect(keys).toEqual([])
  })

  it('a conversation is held from the first word to the last', async () => {
    const { conversationId, headers, post, get, upload } = await visit()
    const said = await post('/api/send', { conversationId, text: 'Grüße, is it there? 🚢' })
    expect(said.status).toBe(202)

    expect((await upload()).status).toBe(202)
    expect(filesSentToSalesforce(gateway)).toHaveLength(1)

    const first = await get('/api/poll')
    expect(first.status).toBe(200)
    const texts = first.body.messages.map(({ text }: { text: string }) => text)
    expect(texts).toContain('Grüße, is it there? 🚢')
    const next = await get('/api/poll', ['cursor', first.body.cursor], ['wait', '1'])
    expect(next.status).toBe(200)
    expect(next.body.messages).toEqual([])

    const transcript = await get('/api/transcript')
    expect(transcript.status).toBe(200)
    expect(transcript.isBase64Encoded).toBe(true)
    expect(transcript.headers.get('content-type')).toBe('application/pdf')
    expect(transcript.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(transcript.bytes.subarray(0, 5).toString()).toBe('%PDF-')

    const ended = await post('/api/end', { conversationId })
    expect([ended.status, ended.body.status]).toEqual([200, 'ended'])
    expect((await post('/api/send', { conversationId, text: 'Still there?' })).status).toBe(410)
    expect((await call({ method: 'DELETE', path: '/api/auth', headers })).status).toBe(204)
  })

  it.each([
    ['is cut', 'drop', 503, 'upstream_unavailable', 'upstream'],
    ['stops', 'hang', 504, 'upstream_timeout', 'idle'],
  ] as const)(
    'a transcript that %s midway is a problem instead of a part of it, and one log line',
    async (_how, breakBy, status, code, cut) => {
      const { get } = await visit()
      gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
      const operation = 'retrieveConversationTranscript'
      gateway.salesforce.fail({ operation, what: { body: { breakAfterBytes: 300, breakBy } } })
      gateway.logLines.length = 0
      const answer = await get('/api/transcript')
      expect(answer).toMatchObject({ status, body: { code, retryable: true } })
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.headers.get('content-disposition')).toBeNull()
      const lines = gateway.logLines.map((line) => JSON.parse(line))
      expect(lines).toMatchObject([{ level: 'error', endpoint: 'transcript', bytes: 300, cut }])
    },
  )

  it('every byte of a file arrives', async () => {
    const { upload } = await visit()
    const content = Buffer.concat([png, Buffer.from(Array.from({ length: 256 }, (_, n) => n))])
    expect((await upload(content)).status).toBe(202)
    const fileData = `bill.png (image/png, ${content.length} bytes)`
    expect(filesSentToSalesforce(gateway)).toEqual([expect.objectContaining({ fileData })])
  })

  it('a body of JSON may come as base64 too', async () => {
    expect((await welcome({ body: new TextEncoder().encode('{}') })).status).toBe(200)
  })

  it('a name that is repeated in the query is refused, not overwritten', async () => {
    const { get } = await visit()
    const { status, body } = await get('/api/poll', ['limit', '5'], ['limit', '7'])
    expect(status).toBe(400)
    expect(body.errors).toEqual([{ path: 'limit', message: 'must be given once' }])
  })

  it('encoded characters in the query arrive as they were meant', async () => {
    const { get } = await visit()
    const { status, body } = await get('/api/poll', ['a&b=ü %+', 'x&limit=3'])
    expect(status).toBe(400)
    expect(body.errors).toEqual([expect.objectContaining({ path: 'a&b=ü %+' })])
  })

  it.each(['/api', '/api/', '/api/nothing', '/api/auth/more', '/', '/docs', '/prod', '/apidocs'])(
    '%s is no endpoint',
    async (path) => {
      const { status, headers, body } = await call({ path })
      expect(status).toBe(404)
      expect(headers.get('content-type')).toContain('application/problem+json')
      expect(body.code).toBe('not_found')
    },
  )

  it("the guide's paths and the key set are found", async () => {
    expect((await welcome({ path: '/api/messaging/auth' })).status).toBe(200)
    const keys = await call({ path: '/.well-known/jwks.json' })
    expect([keys.status, keys.body]).toEqual([200, { keys: [] }])
    expect(keys.headers.get('cache-control')).toBe('public, max-age=300')
  })

  it('HEAD has no body, a wrong method is told, and a body with GET is no matter', async () => {
    const head = await call({ method: 'HEAD', path: '/api/health' })
    expect([head.status, head.body]).toEqual([200, ''])
    const wrong = await call({ method: 'DELETE', path: '/api/start' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await call({ path: '/api/health', body: '{}' })).status).toBe(200)
  })

  it('a preflight is answered to whoever may call', async () => {
    const ask = (origin: string) =>
      call({
        method: 'OPTIONS',
        path: '/api/send',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
      })
    const allowed = await ask('https://shop.example')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect((await ask('https://evil.example')).status).toBe(403)
  })

  it('the own origin is the domain that AWS names, whatever the Host header says', async () => {
    const from = (origin: string, more = {}) =>
      welcome({ headers: { ...json, Origin: origin, ...more } })
    expect((await from(`https://${domain}`)).status).toBe(200)
    expect((await from(`http://${domain}`)).status).toBe(403)
    const spoofed = await from('https://evil.example', { Host: 'evil.example' })
    expect([spoofed.status, spoofed.body.code]).toEqual([403, 'origin_not_allowed'])
  })

  it('callers are counted by the address that AWS saw, never by a header', async () => {
    const remaining = async (sourceIp: string, forwarded: string) => {
      const headers = { ...json, 'X-Forwarded-For': forwarded, 'X-Real-Ip': forwarded }
      const answer = await welcome({ sourceIp, headers })
      return Number(/;r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1])
    }
    expect(await remaining('203.0.113.1', '192.0.2.1')).toBe(19)
    expect(await remaining('203.0.113.1', '192.0.2.2')).toBe(18)
    expect(await remaining('203.0.113.1', '192.0.2.3, 192.0.2.4')).toBe(17)
    expect(await remaining('203.0.113.2', '192.0.2.1')).toBe(19)
  })

  it('cookies of other sites change nothing, and none are set', async () => {
    const { status, headers } = await call({ path: '/api/conversations' })
    expect(status).toBe(401)
    expect(headers.get('set-cookie')).toBeNull()
  })
})
