import { healthReply } from '../lib/contract/replies.js'
import { endpoint } from '../lib/http/endpoint.js'
import { checkHealth } from '../lib/http/health.js'

/** Says whether the gateway can work: 200, or 503 with what is down. */
export default endpoint({
  name: 'health',
  method: 'GET',
  docs: {
    operationId: 'health',
    tag: 'Operations',
    summary: 'Says whether the gateway can work',
    description:
      'Salesforce is not called. The store is asked at most once in five seconds, and for its settings once in five minutes; callers are counted by address, in each process by itself (`other`).',
    responses: { 200: 'All is well, but for `warnings`.', 503: 'What is down, in the same shape.' },
    problems: ['rate_limited'],
  },
  contract: { reply: healthReply },
  async handle(c, services) {
    const { health, failure } = await checkHealth(services, c.req.raw.headers, c.env.connection)
    c.set('failure', failure)
    return Response.json(healthReply.parse(health), { status: health.status === 'ok' ? 200 : 503 })
  },
})
