import { keySet } from '../lib/contract/replies.js'
import { endpoint } from '../lib/http/endpoint.js'

/**
 * Publishes the keys to register in Salesforce for user verification (RFC 7517); none in guest mode.
 */
export default endpoint({
  name: 'jwks',
  method: 'GET',
  docs: {
    operationId: 'keySet',
    tag: 'Operations',
    summary: 'Publishes the keys to register in Salesforce for user verification',
    description: 'RFC 7517, with `x5c`; without keys in guest mode. May be cached for 5 minutes.',
    responses: { 200: 'The key set.' },
    path: '/.well-known/jwks.json',
  },
  contract: { reply: keySet },
  async handle(_c, services) {
    const keys = services().signer?.publicKeys() ?? []
    const headers = { 'Cache-Control': 'public, max-age=300' }
    return Response.json(keySet.parse({ keys }), { headers })
  },
})
