import { keySet } from '../lib/contract/replies.js'
import { endpoint } from '../lib/http/endpoint.js'
import { services } from '../lib/services.js'

/** The public keys to register in Salesforce for user verification (RFC 7517); none in guest mode. */
export default endpoint({
  name: 'jwks',
  method: 'GET',
  async handle() {
    const keys = services().signer?.publicKeys() ?? []
    const headers = { 'Cache-Control': 'public, max-age=300' }
    return Response.json(keySet.parse({ keys }), { headers })
  },
})
