import { endpoint } from '../lib/http/endpoint.js'
import { GatewayError } from '../lib/problem.js'

/** Answers for every path under /api that is no endpoint. */
export default endpoint({
  name: 'not-found',
  method: '*',
  docs: {
    operationId: 'notFound',
    tag: 'Operations',
    summary: 'Any other path, whatever the method',
    responses: {},
    problems: ['not_found'],
    path: '/api/{endpoint}',
  },
  async handle() {
    throw new GatewayError('not_found')
  },
})
