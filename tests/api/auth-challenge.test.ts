import { beforeEach, describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { createTurnstile, type TurnstileFault } from '../../sandbox/turnstile.js'
import { setupGateway } from '../support/gateway.js'
import { request, sentToClients } from '../support/request.js'
import { identityToken, loginEnv } from '../support/verified.js'

const secret = '1x-the-secret-key-of-the-widget-AA'
const gateway = setupGateway({ env: { ...loginEnv, TURNSTILE_SECRET: secret } })
let turnstile = createTurnstile({ secret })

beforeEach(() => {
  turnstile = createTurnstile({ secret })
  gateway.network.use(...turnstile.handlers())
})

const enter = (body: object = {}) => request(auth, { body })

function expectAskedAgain(answer: Awaited<ReturnType<typeof enter>>, message: RegExp): void {
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', retryable: false, errors: [{ path: 'challenge' }] },
  })
  expect(answer.body.errors[0].message).toMatch(message)
  expect(answer.body.token).toBeUndefined()
}

describe('a new guest where a challenge must be met', () => {
  it('is welcome with a token of the widget, of which Cloudflare hears and nobody else', async () => {
    const challenge = turnstile.solve()
    const answer = await enter({ challenge })
    expect(answer).toMatchObject({ status: 200, body: { user: { verified: false } } })
    expect((await request(start, { token: answer.body.token, body: {} })).status).toBe(201)
    expect(turnstile.asked).toEqual([{ secret, response: challenge }])
    const kept = JSON.stringify(await gateway.redisBackend.execute(['KEYS', '*']))
    const output = [...sentToClients, ...gateway.lines, kept].join('\n')
    for (const word of [secret, challenge]) expect(output).not.toContain(word)
  })

  it('is asked for one when there is none, and Cloudflare is not', async () => {
    expectAskedAgain(await enter(), /^is required$/)
    expect(turnstile.asked).toEqual([])
  })

  it.each(['', 7, null, 'x'.repeat(2049)])('is told that %j is none', async (challenge) => {
    const answer = await enter({ challenge })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'challenge' }] } })
    expect(turnstile.asked).toEqual([])
  })

  it('is refused with a token that is made up, and its words are repeated nowhere', async () => {
    const answer = await enter({ challenge: 'a-made-up-challenge&secret=mine' })
    expectAskedAgain(answer, /not accepted/)
    expect(turnstile.asked).toEqual([{ secret, response: 'a-made-up-challenge&secret=mine' }])
    expect([...sentToClients, ...gateway.lines].join()).not.toContain('made-up')
  })

  it('is refused with a token that was used before', async () => {
    const challenge = turnstile.solve()
    expect((await enter({ challenge })).status).toBe(200)
    expectAskedAgain(await enter({ challenge }), /used before/)
  })

  it('is counted before Cloudflare is asked', async () => {
    gateway.setEnv({ LIMITS: '{"auth": [1, "1 m"]}' })
    await enter({ challenge: 'guess-1' })
    expect((await enter({ challenge: 'guess-2' })).status).toBe(429)
    expect(turnstile.asked).toHaveLength(1)
  })

  it('is not asked for one where guests are not served at all', async () => {
    gateway.setEnv({ ALLOW_ANONYMOUS: 'false' })
    const answer = await enter({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({ status: 403, body: { code: 'anonymous_disabled' } })
    expect(turnstile.asked).toEqual([])
  })
})

describe('when Cloudflare cannot say', () => {
  const success = JSON.stringify({ success: 'yes' })
  it.each<[string, TurnstileFault]>([
    ['the connection is cut', 'drop'],
    ['a web page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['nothing', { status: 200, body: '' }],
    ['a yes of another kind', { status: 200, body: success }],
    ['null', { status: 200, body: 'null' }],
    ['no without a reason', { status: 200, body: '{"success":false}' }],
    ['its own fault', { status: 200, body: '{"success":false,"error-codes":["internal-error"]}' }],
    ['a redirection', { status: 302, body: '' }],
  ])('nobody is let in, and it may be tried again: %s', async (_what, fault) => {
    turnstile.fail(fault)
    const answer = await enter({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'upstream_unavailable', retryable: true },
    })
    expect(gateway.lines.at(-1)).toContain('Turnstile')
    expect(gateway.lines.at(-1)).not.toContain(secret)
  })

  it('nobody is let in while it hangs, and the answer comes in time', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '200' })
    turnstile.fail('hang')
    const startedAt = performance.now()
    const answer = await enter({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
    expect(performance.now() - startedAt).toBeLessThan(1500)
  })

  it('to a secret of another widget, the log says what to check and the caller learns nothing', async () => {
    gateway.setEnv({ TURNSTILE_SECRET: '2x-the-secret-key-of-another-AA' })
    const answer = await enter({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
    expect(gateway.lines.at(-1)).toContain('TURNSTILE_SECRET')
    expect(JSON.stringify(answer.body)).not.toMatch(/secret/i)
  })
})

describe('no challenge is needed', () => {
  it('to refresh', async () => {
    const { body } = await enter({ challenge: turnstile.solve() })
    const again = await enter({ refreshToken: body.refreshToken, challenge: 'of no matter' })
    expect(again.status).toBe(200)
    expect(turnstile.asked).toHaveLength(1)
  })

  it('of a visitor whom the login knows, nor of a guest who signs in', async () => {
    const { refreshToken } = (await enter({ challenge: turnstile.solve() })).body
    expect((await enter({ identityToken: await identityToken() })).status).toBe(200)
    expect((await enter({ identityToken: await identityToken(), refreshToken })).status).toBe(200)
    expect(turnstile.asked).toHaveLength(1)
  })

  it('and none is looked at where no secret is configured', async () => {
    gateway.setEnv({ TURNSTILE_SECRET: '' })
    expect((await enter({ challenge: 'of no matter' })).status).toBe(200)
    expect((await enter()).status).toBe(200)
    expect(turnstile.asked).toEqual([])
  })

  it('but a wrong refresh or identity token is no way around it', async () => {
    const challenge = turnstile.solve()
    const wrong = [{ refreshToken: 'made-up' }, { identityToken: 'made.up.too' }]
    for (const token of wrong) expect((await enter({ ...token, challenge })).status).toBe(401)
    for (const token of [{ refreshToken: '' }, { identityToken: '' }]) {
      expect((await enter(token)).status).toBe(400)
    }
    expect(turnstile.asked).toEqual([])
  })
})

it('a challenge that the guide’s page would send is judged as well', async () => {
  const signInElsewhere = (body: object) =>
    request(auth, {
      url: 'https://chat.example/api/messaging/auth',
      body: JSON.stringify(body),
      headers: { 'content-type': 'text/plain' },
    })
  expectAskedAgain(await signInElsewhere({ deploymentId: 'Harbor_Custom_Client' }), /required/)
  expect((await signInElsewhere({ challenge: turnstile.solve() })).status).toBe(200)
})
