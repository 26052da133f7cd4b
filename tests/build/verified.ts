/** Verified mode of the built functions, on every version of Node. */
import { expect, it } from 'vitest'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { arrive, ask } from './frontend.js'
import type { Functions } from './functions.js'
import { openGateway } from './gateway.js'
import { openNeighbours } from './stage.js'

type Parts = { node: string; functions: Functions }

/** The test of a visitor whom the site's own login knows; the parts are there once it runs. */
export function vouchForVisitors(parts: () => Parts): void {
  it('a visitor of the own login talks in verified mode, and the key set is published', async () => {
    const { node, functions } = parts()
    const env = { ...verifiedEnv, ...loginEnv }
    const neighbours = await openNeighbours({ salesforce: verifiedSalesforce, env })
    const gateway = await openGateway(node, functions, neighbours.env)
    try {
      const known = { identityToken: await identityToken() }
      const { user, started, send, reader } = await arrive(gateway, known)
      expect(user).toMatchObject({ verified: true })
      expect(started.expiresAt).toBeNull()
      expect((await send({ text: 'It is me' })).status).toBe(202)
      await reader.until(({ text }) => text.startsWith('You said “It is me”'))
      const { body } = await ask(gateway, '/.well-known/jwks.json')
      expect(body.keys).toMatchObject([{ kid: 'k1', kty: 'RSA', x5c: [expect.any(String)] }])
    } finally {
      await gateway.close()
      await neighbours.close()
    }
  })
}
