import { healthReply } from '../lib/contract/replies.js'
import { endpoint } from '../lib/endpoint.js'
import { checkHealth } from '../lib/health.js'

/** Says whether the gateway can work: 200, or 503 with what is down. */
export default endpoint({
  name: 'health',
  method: 'GET',
  async handle() {
    const health = healthReply.parse(await checkHealth())
    return Response.json(health, { status: health.status === 'ok' ? 200 : 503 })
  },
})
