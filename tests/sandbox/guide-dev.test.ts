import { createPrivateKey } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { startDev } from '../../sandbox/server/start.js'
import { endpoints } from './fixtures/endpoints.js'
import { assertion, authorization, jwtBearer } from './guide-visitor.js'

const fixture = (path: string) => fileURLToPath(new URL(`fixtures/${path}`, import.meta.url))
const deployment = { endpoints, publicFiles: fixture('public') }
const env: Record<string, string | undefined> = { SALESFORCE_API: 'guide' }
let dev: Awaited<ReturnType<typeof startDev>>

beforeAll(async () => {
  dev = await startDev({ env, port: 0, deployment, log: () => {} })
})
afterAll(() => dev.close())

test('the local server makes up all six variables, and Salesforce believes their key', async () => {
  const { SALESFORCE_MESSAGING_URL: url, SALESFORCE_LOGIN_URL: loginUrl } = env
  expect(loginUrl).toBe(url)
  const key = createPrivateKey(env.SALESFORCE_SIGNING_KEY ?? '')
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048)
  const claims = { iss: env.SALESFORCE_CLIENT_ID, sub: env.SALESFORCE_ORG_ID, aud: loginUrl }
  const login = await fetch(`${loginUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: jwtBearer, assertion: await assertion(claims, key) }),
  })
  const { access_token } = z.object({ access_token: z.string() }).parse(await login.json())
  const answer = await fetch(`${url}/iamessage/api/v2/authorization`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...authorization, esDeveloperName: env.SALESFORCE_DEPLOYMENT }),
  })
  const { context } = z
    .object({ context: z.object({ url: z.string() }) })
    .parse(await answer.json())
  expect(`http://${context.url}`).toBe(url)
})

test('its switches are where they are for Enhanced Chat', async () => {
  const response = await fetch(new URL('/__sandbox/exchanges', dev.addresses.page))
  expect(JSON.stringify(await response.json())).toContain('"operationId":"authorize"')
})
