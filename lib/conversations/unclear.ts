/** Makes the error for effects that cannot be found out, and must therefore not be repeated. */
import { GatewayError } from '../problem.js'

/** Something may have happened in Salesforce, and nothing there tells whether it did: repeating may double it. */
export function outcomeUnknown(): GatewayError {
  return new GatewayError('upstream_unavailable', {
    detail:
      'It may have happened all the same, and that cannot be found out: it is not repeated here.',
    effect: 'unknown',
    retryable: false,
  })
}
