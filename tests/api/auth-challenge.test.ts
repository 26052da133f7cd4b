import { beforeEach, describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { createTurnstile, type TurnstileFault } from '../../sandbox/turnstile.js'
import { setupGateway } from '../support/gateway.js'
import { request, sentToClients } from '../support/request.js'
import { timed } from '../support/simulated-time.js'
import { keysOf } from '../support/stored-keys.js'
import { identityToken, loginEnv } from '../support/verified.js'

const secret = '1x-the-secret-key-of-the-widget-AA'
const gateway = setupGateway({ env: { ...loginEnv, TURNSTILE_SECRET: secret } })
let turnstile = createTurnstile({ secret })

beforeEach(() => {
  turnstile = createTurnstile({ secret })
  gateway.network.use(...turnstile.handlers())
})

const signIn = (body: object = {}) => request(auth, { body })

function expectChallengeError(answer: Awaited<ReturnType<typeof signIn>>, message: RegExp): void {
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', retryable: false, errors: [{ path: 'challenge' }] },
  })
  expect(answer.body.errors[0].message).toMatch(message)
  expect(answer.body.token).toBeUndefined()
}

describe('auth of a new guest where TURNSTILE_SECRET is set', () => {
  it('accepts a solved challenge and sends it to Cloudflare only', async () => {
    const challenge = turnstile.solve()
    const answer = await signIn({ challenge })
    expect(answer).toMatchObject({ status: 200, body: { user: { verified: false } } })
    expect((await request(start, { token: answer.body.token, body: {} })).status).toBe(201)
    expect(turnstile.asked).toEqual([{ secret, response: challenge }])
    const keys = await keysOf(gateway)
    const output = [...sentToClients, ...gateway.logLines, ...keys].join('\n')
    for (const word of [secret, challenge]) expect(output).not.toContain(word)
  })

  it('returns 400 for a missing challenge and does not ask Cloudflare', async () => {
    expectChallengeError(await signIn(), /^is required$/)
    expect(turnstile.asked).toEqual([])
  })

  it.each(['', 7, null, 'x'.repeat(2049)])(
    'returns 400 for the challenge %j and does not ask Cloudflare',
    async (challenge) => {
      const answer = await signIn({ challenge })
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'challenge' }] } })
      expect(turnstile.asked).toEqual([])
    },
  )

  it('returns 400 for a made-up challenge and repeats its text nowhere', async () => {
    const answer = await signIn({ challenge: 'a-made-up-challenge&secret=mine' })
    expectChallengeError(answer, /not accepted/)
    expect(turnstile.asked).toEqual([{ secret, response: 'a-made-up-challenge&secret=mine' }])
    expect([...sentToClients, ...gateway.logLines].join()).not.toContain('made-up')
  })

  it('returns 400 for a challenge that was used before', async () => {
    const challenge = turnstile.solve()
    expect((await signIn({ challenge })).status).toBe(200)
    expectChallengeError(await signIn({ challenge }), /used before/)
  })

  it('applies the rate limit before it asks Cloudflare', async () => {
    gateway.setEnv({ LIMITS: '{"auth": [1, "1 m"]}' })
    await signIn({ challenge: 'guess-1' })
    expect((await signIn({ challenge: 'guess-2' })).status).toBe(429)
    expect(turnstile.asked).toHaveLength(1)
  })

  it('returns 403 where guests are not allowed and does not ask Cloudflare', async () => {
    gateway.setEnv({ ALLOW_ANONYMOUS: 'false' })
    const answer = await signIn({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({ status: 403, body: { code: 'anonymous_disabled' } })
    expect(turnstile.asked).toEqual([])
  })
})

describe('auth of a new guest while Turnstile fails', () => {
  const success = JSON.stringify({ success: 'yes' })
  it.each<[string, TurnstileFault]>([
    ['a cut connection', 'drop'],
    ['an HTML page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['an empty body', { status: 200, body: '' }],
    ['a success that is not a boolean', { status: 200, body: success }],
    ['null', { status: 200, body: 'null' }],
    ['a failure without a reason', { status: 200, body: '{"success":false}' }],
    [
      'an internal error of Cloudflare',
      { status: 200, body: '{"success":false,"error-codes":["internal-error"]}' },
    ],
    [
      'a wrong secret beside a wrong challenge',
      {
        status: 200,
        body: '{"success":false,"error-codes":["invalid-input-secret","invalid-input-response"]}',
      },
    ],
    ['a redirect', { status: 302, body: '' }],
  ])('returns 503 upstream_unavailable, which may be retried, after %s', async (_what, fault) => {
    turnstile.fail(fault)
    const answer = await signIn({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'upstream_unavailable', retryable: true },
    })
    expect(gateway.logLines.at(-1)).toContain('Turnstile')
    expect(gateway.logLines.at(-1)).not.toContain(secret)
  })

  it('returns 503 before the deadline while Cloudflare hangs', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '200' })
    turnstile.fail('hang')
    const { answer, ms } = await timed(() => signIn({ challenge: turnstile.solve() }))
    expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
    expect(ms).toBeLessThanOrEqual(200)
  })

  it('returns 503 for a wrong secret, names the variable in the log and not in the answer', async () => {
    gateway.setEnv({ TURNSTILE_SECRET: '2x-the-secret-key-of-another-AA' })
    const answer = await signIn({ challenge: turnstile.solve() })
    expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
    expect(gateway.logLines.at(-1)).toContain('TURNSTILE_SECRET')
    expect(JSON.stringify(answer.body)).not.toMatch(/secret/i)
  })
})

describe('auth without a challenge where TURNSTILE_SECRET is set', () => {
  it('refreshes and does not ask Cloudflare', async () => {
    const { body } = await signIn({ challenge: turnstile.solve() })
    const again = await signIn({ refreshToken: body.refreshToken, challenge: 'of no matter' })
    expect(again.status).toBe(200)
    expect(turnstile.asked).toHaveLength(1)
  })

  it('signs in a verified visitor, and a guest who becomes one', async () => {
    const { refreshToken } = (await signIn({ challenge: turnstile.solve() })).body
    expect((await signIn({ identityToken: await identityToken() })).status).toBe(200)
    expect((await signIn({ identityToken: await identityToken(), refreshToken })).status).toBe(200)
    expect(turnstile.asked).toHaveLength(1)
  })

  it('ignores a challenge where no secret is configured', async () => {
    gateway.setEnv({ TURNSTILE_SECRET: '' })
    expect((await signIn({ challenge: 'of no matter' })).status).toBe(200)
    expect((await signIn()).status).toBe(200)
    expect(turnstile.asked).toEqual([])
  })

  it('returns 401 or 400 for a wrong refresh or identity token, even with a solved challenge', async () => {
    const challenge = turnstile.solve()
    const wrong = [{ refreshToken: 'made-up' }, { identityToken: 'made.up.too' }]
    for (const token of wrong) expect((await signIn({ ...token, challenge })).status).toBe(401)
    for (const token of [{ refreshToken: '' }, { identityToken: '' }]) {
      expect((await signIn(token)).status).toBe(400)
    }
    expect(turnstile.asked).toEqual([])
  })
})

it('auth checks the challenge of a call to /api/messaging/auth too', async () => {
  const signInAsGuidePage = (body: object) =>
    request(auth, {
      url: 'https://chat.example/api/messaging/auth',
      body: JSON.stringify(body),
      headers: { 'content-type': 'text/plain' },
    })
  expectChallengeError(
    await signInAsGuidePage({ deploymentId: 'Harbor_Custom_Client' }),
    /required/,
  )
  expect((await signInAsGuidePage({ challenge: turnstile.solve() })).status).toBe(200)
})
