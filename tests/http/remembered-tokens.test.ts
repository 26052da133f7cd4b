/** Tests that a process verifies an access token once, and that this lets nobody in. */
import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import conversations from '../../api/_conversations.js'
import { createClock } from '../../lib/clock.js'
import { deriveKeys } from '../../lib/sealing.js'
import { createAccessTokens } from '../../lib/visitors/access.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const secret = 'a-secret-of-at-least-thirty-two-bytes'
const keys = deriveKeys([secret], 'access')

/** Signs a token as another process of the same gateway does. */
function signElsewhere(claims: JWTPayload = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const common = { iss: 'miaw-gateway', aud: 'miaw-gateway/api', family: 'f', verified: false }
  const payload = { ...common, sub: `guest-${randomUUID()}`, since: Date.now() }
  return new SignJWT({ ...payload, iat: now, exp: now + 900, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys[0]?.id ?? '' })
    .sign(keys[0]?.bytes ?? new Uint8Array())
}

const countVerifications = () => vi.spyOn(crypto.subtle, 'verify')

describe('a token that was verified', () => {
  setupGateway()
  const call = (token: string) => request(conversations, { token })

  it('is not verified again', async () => {
    await signInAsGuest()
    const token = await signElsewhere()
    const verify = countVerifications()
    expect((await call(token)).status).toBe(200)
    expect((await call(token)).status).toBe(200)
    expect(verify).toHaveBeenCalledTimes(1)
  })

  it('needs no verification where it was issued', async () => {
    const { token } = await signInAsGuest()
    const verify = countVerifications()
    expect((await call(token)).status).toBe(200)
    expect(verify).not.toHaveBeenCalled()
  })

  it('is refused from its end on', async () => {
    await signInAsGuest()
    const exp = Math.floor(Date.now() / 1000) + 60
    const token = await signElsewhere({ exp })
    expect((await call(token)).status).toBe(200)
    vi.useFakeTimers({ toFake: ['Date'], now: exp * 1000 - 1000 })
    expect((await call(token)).status).toBe(200)
    // On a busy machine the time of Redis is known to some milliseconds only.
    vi.setSystemTime(exp * 1000 + 1000)
    expect((await call(token)).status).toBe(401)
  })

  it('lets no other token in that begins or ends like it', async () => {
    await signInAsGuest()
    const token = await signElsewhere()
    expect((await call(token)).status).toBe(200)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const [, otherPayload = '', otherSignature = ''] = (await signElsewhere()).split('.')
    const forgeries = [
      `${token}A`,
      token.slice(0, -2),
      `${header}.${payload}.${otherSignature}`,
      `${header}.${otherPayload}.${signature}`,
      `${header}.${payload}.${signature.toLowerCase()}`,
    ]
    for (const forged of forgeries) expect((await call(forged)).status, forged).toBe(401)
    expect((await call(token)).status).toBe(200)
  })
})

describe('the tokens that a process remembers', () => {
  it('are bounded in number: the first of 5,001 is verified again', async () => {
    const clock = { ...createClock(), ensure: async () => undefined }
    const { authenticate, issue } = createAccessTokens(keys, 900_000, clock)
    const { token } = await issue({ id: 'guest-first', verified: false, family: 'f', since: 0 })
    const verify = countVerifications()
    await authenticate(`Bearer ${token}`)
    for (let count = 0; count < 5000; count += 1) {
      await issue({ id: `guest-${count}`, verified: false, family: 'f', since: 0 })
    }
    expect(verify).not.toHaveBeenCalled()
    expect(await authenticate(`Bearer ${token}`)).toMatchObject({ id: 'guest-first' })
    expect(verify).toHaveBeenCalledTimes(1)
  })
})
