/** Tests how long visitors' records are kept, and what prolongs them. */
import { describe, expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import auth from '../../api/auth.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, noLimits } from '../support/sending.js'
import { expireRecordIn, recordTtlMs } from '../support/stored-record.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const refresh = (refreshToken: string) => request(auth, { body: { refreshToken } })
const signOut = (token: string) => request(auth, { method: 'DELETE', token })

describe('the record of a guest', () => {
  const gateway = setupGateway({ env: noLimits })
  const ttlMs = ({ user }: { user: { id: string } }) => recordTtlMs(gateway, user.id)
  const expectTtl = async (visitor: { user: { id: string } }, expectedMs: number) => {
    const actualMs = await ttlMs(visitor)
    expect(Math.abs(actualMs - expectedMs), `${actualMs / hourMs} hours`).toBeLessThan(hourMs / 2)
  }

  it('outlives the refresh token by a day when the Salesforce token ends sooner', async () => {
    const guest = await startConversation()
    await expectTtl(guest, 2 * dayMs)
  })

  it('outlives the Salesforce token by a day when that lives longer than the refresh token', async () => {
    gateway.setEnv({ GUEST_REFRESH_HOURS: '1' })
    const guest = await startConversation()
    const salesforceMs = Date.parse(guest.started.expiresAt) - Date.now()
    expect(salesforceMs).toBeGreaterThan(5 * hourMs)
    await expectTtl(guest, salesforceMs + dayMs)
  })

  it('outlives the new refresh token by a day after a refresh', async () => {
    const guest = await startConversation()
    await guest.end()
    await expireRecordIn(gateway, guest.user.id, 10 * hourMs)
    expect((await refresh(guest.refreshToken)).status).toBe(200)
    await expectTtl(guest, 2 * dayMs)
  })

  it('never lives shorter because something is written', async () => {
    const guest = await startConversation()
    await expireRecordIn(gateway, guest.user.id, 5 * dayMs)
    await guest.end()
    expect((await refresh(guest.refreshToken)).status).toBe(200)
    await expectTtl(guest, 5 * dayMs)
  })

  it('is not prolonged by what only reads', async () => {
    const guest = await startConversation()
    await expireRecordIn(gateway, guest.user.id, hourMs)
    expect((await guest.poll()).status).toBe(200)
    expect((await guest.send('Hello')).status).toBe(202)
    expect((await guest.start()).status).toBe(200)
    expect((await request(conversations, { token: guest.token })).status).toBe(200)
    await expectTtl(guest, hourMs)
  })

  it.each([
    ['of a signed-out guest', (guest: Guest) => signOut(guest.token), 'refresh_rejected'],
    ['whose refresh token was used twice', useTwice, 'refresh_rejected'],
  ] as const)('is not prolonged by refused calls %s', async (_whose, refuse, code) => {
    const guest = await startConversation()
    await refuse(guest)
    await expireRecordIn(gateway, guest.user.id, hourMs)
    for (const call of [guest.poll, guest.start, () => guest.send('Hello')]) {
      expectProblem(await call(), 401, 'unauthenticated')
    }
    expectProblem(await request(conversations, { token: guest.token }), 401, 'unauthenticated')
    expectProblem(await refresh(guest.refreshToken), 401, code)
    await expectTtl(guest, hourMs)
  })

  type Guest = Awaited<ReturnType<typeof startConversation>>

  async function useTwice({ refreshToken }: Guest) {
    const { body } = await refresh(refreshToken)
    await refresh(body.refreshToken)
    expectProblem(await refresh(refreshToken), 401, 'refresh_rejected')
  }

  it('does not exist before the first conversation', async () => {
    expect(await ttlMs(await signInAsGuest())).toBe(-2)
  })
})

describe('the record of a known visitor', () => {
  const gateway = setupGateway({
    salesforce: verifiedSalesforce,
    env: { ...verifiedEnv, ...loginEnv, ...noLimits },
  })

  async function signIn(guestToken?: string) {
    const body = {
      identityToken: await identityToken(),
      ...(guestToken && { refreshToken: guestToken }),
    }
    const answer = await request(auth, { body })
    return { ...answer, id: String(answer.body.user?.id), token: String(answer.body.token) }
  }

  it('is kept for 30 days after a sign-in and after a refresh', async () => {
    const { id, body } = await signIn()
    expect((await recordTtlMs(gateway, id)) / dayMs).toBeCloseTo(30, 1)
    await expireRecordIn(gateway, id, hourMs)
    expect((await refresh(body.refreshToken)).status).toBe(200)
    expect((await recordTtlMs(gateway, id)) / dayMs).toBeCloseTo(30, 1)
  })

  it('is not prolonged by calls of a device that signed out', async () => {
    const { id, token, body } = await signIn()
    expect((await signOut(token)).status).toBe(204)
    await expireRecordIn(gateway, id, hourMs)
    expectProblem(await request(conversations, { token }), 401, 'unauthenticated')
    expectProblem(await refresh(body.refreshToken), 401, 'refresh_rejected')
    expect((await recordTtlMs(gateway, id)) / hourMs).toBeCloseTo(1, 1)
  })

  it('leaves the tombstone of a merged guest as it is when the guest is claimed again', async () => {
    const guest = await startConversation()
    expect((await signIn(guest.refreshToken)).status).toBe(200)
    await expireRecordIn(gateway, guest.user.id, hourMs)
    expect((await signIn(guest.refreshToken)).status).toBe(200)
    expect((await recordTtlMs(gateway, guest.user.id)) / hourMs).toBeCloseTo(1, 1)
  })
})
