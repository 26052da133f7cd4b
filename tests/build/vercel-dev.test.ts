import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callGateway, startConversation } from './frontend.js'
import { startServers } from './setup.js'
import { openVercelDev } from './vercel-dev.js'

const isAskedFor = Boolean(process.env.VERCEL_DEV)

describe.skipIf(!isAskedFor)('vercel dev --local (only with VERCEL_DEV=1)', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let dev: Awaited<ReturnType<typeof openVercelDev>>

  beforeAll(async () => {
    servers = await startServers()
    dev = await openVercelDev(servers.env)
  })
  afterAll(async () => {
    await dev?.close()
    await servers?.close()
  })

  test('the five endpoints hold a conversation', async () => {
    const { token, conversationId, send, reader } = await startConversation(dev)
    expect((await send({ text: 'Is my container there?' })).status).toBe(202)
    await reader.until(({ text }) => text.startsWith('You said “Is my container there?”'))
    const ended = await callGateway(dev, '/api/end', { token, body: { conversationId } })
    expect(ended).toMatchObject({ status: 200, body: { status: 'ended' } })
  })

  test('rewrites lead where vercel.json says, and the page is served with its headers', async () => {
    const keys = await callGateway(dev, '/.well-known/jwks.json')
    expect(keys).toMatchObject({ status: 200, body: { keys: [] } })
    const unknown = await callGateway(dev, '/api/nonsense')
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const prefixed = await callGateway(dev, '/api/messaging/health')
    expect(prefixed).toMatchObject({ status: 200, body: { status: 'ok' } })
    const page = await callGateway(dev, '/')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})
