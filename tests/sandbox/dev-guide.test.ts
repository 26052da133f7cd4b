/**
 * Tests the guide's path over the local server: the rewrite leads to the endpoint, and the URL
 * arrives.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { resetServices } from '../../lib/services.js'
import { startDev } from '../../sandbox/server/start.js'

const env: Record<string, string | undefined> = {}
let dev: Awaited<ReturnType<typeof startDev>>
let base: string

beforeAll(async () => {
  dev = await startDev({ env, port: 0, log: () => {} })
  base = new URL(dev.addresses.page).origin
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  resetServices()
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterAll(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  resetServices()
  await dev.close()
})

const ask = (path: string, deploymentId: string | undefined) =>
  fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify({ deploymentId }) })

test('the guide’s call gets a token at /api/messaging/auth', async () => {
  const response = await ask('/api/messaging/auth', env.SALESFORCE_DEPLOYMENT)
  expect(await response.json()).toMatchObject({ tokenType: 'Bearer', user: { verified: false } })
  expect(response.status).toBe(200)
})

test('another deployment is refused there', async () => {
  const response = await ask('/api/messaging/auth', 'Another_Deployment')
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ path: 'deploymentId' }] })
})

test('the same call at /api/auth is 415', async () => {
  const response = await ask('/api/auth', env.SALESFORCE_DEPLOYMENT)
  expect(response.status).toBe(415)
  expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' })
})
