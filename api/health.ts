import { healthReply } from '../lib/contract/replies.js'
import { endpoint } from '../lib/http/endpoint.js'
import { checkHealth } from '../lib/http/health.js'

/** Says whether the gateway can work: 200, or 503 with what is down. */
export default endpoint({
  name: 'health',
  method: 'GET',
  async handle(c) {
    const { health, failure } = await checkHealth(c.req.raw.headers, c.env.connection ?? {})
    c.set('failure', failure)
    return Response.json(healthReply.parse(health), { status: health.status === 'ok' ? 200 : 503 })
  },
})
