/** Tests verified mode of the built functions, on every version of Node. */
import { expect, it } from 'vitest'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { callGateway, startConversation } from './frontend.js'
import type { Functions } from './functions.js'
import { openGateway } from './gateway.js'
import { startServers } from './setup.js'

type Prerequisites = { node: string; functions: Functions }

/**
 * Defines the test of a visitor whom the site's own login knows; its prerequisites exist once it
 * runs.
 */
export function testVerifiedMode(prerequisites: () => Prerequisites): void {
  it('a visitor of the own login talks in verified mode, and the key set is published', async () => {
    const { node, functions } = prerequisites()
    const env = { ...verifiedEnv, ...loginEnv }
    const servers = await startServers({ salesforce: verifiedSalesforce, env })
    const gateway = await openGateway(node, functions, servers.env)
    try {
      const known = { identityToken: await identityToken() }
      const { user, started, send, reader } = await startConversation(gateway, known)
      expect(user).toMatchObject({ verified: true })
      expect(started.expiresAt).toBeNull()
      expect((await send({ text: 'It is me' })).status).toBe(202)
      await reader.until(({ text }) => text.startsWith('You said “It is me”'))
      const { body } = await callGateway(gateway, '/.well-known/jwks.json')
      expect(body.keys).toMatchObject([{ kid: 'k1', kty: 'RSA', x5c: [expect.any(String)] }])
    } finally {
      await gateway.close()
      await servers.close()
    }
  })
}
