import * as z from 'zod'
import { faultSchema } from '../faults.js'
import { resetSandboxState, resetSwitches } from '../sandbox-state.js'
import { patchSwitches, switchesPatchSchema } from '../switches.js'
import { expireTokens, revokeTokens } from '../tokens.js'
import { type Control, parseBody } from './control.js'

const outageSchema = z.strictObject({
  forMs: z.int().min(1).default(60_000),
  status: z.int().min(400).max(599).default(503),
})
const expirySchema = z.strictObject({ subject: z.string().optional() })

/** Lists the controls of the whole org: switches, faults, tokens, and recorded requests. */
export const orgControls: Control[] = [
  { method: 'DELETE', path: '/__sandbox', handle: resetSandboxState },
  { method: 'GET', path: '/__sandbox/switches', handle: ({ switches }) => switches },
  {
    method: 'PATCH',
    path: '/__sandbox/switches',
    handle: ({ switches }, body) => {
      patchSwitches(switches, parseBody(switchesPatchSchema, body))
      return switches
    },
  },
  {
    method: 'DELETE',
    path: '/__sandbox/switches',
    handle: (sandbox) => {
      resetSwitches(sandbox)
      return sandbox.switches
    },
  },
  { method: 'GET', path: '/__sandbox/faults', handle: ({ faults }) => faults },
  {
    method: 'POST',
    path: '/__sandbox/faults',
    handle: ({ faults }, body) => {
      faults.push(parseBody(faultSchema, body))
      return faults
    },
  },
  {
    method: 'DELETE',
    path: '/__sandbox/faults',
    handle: ({ faults }) => {
      faults.length = 0
      return faults
    },
  },
  {
    method: 'POST',
    path: '/__sandbox/outages',
    handle: ({ faults }, body) => {
      const { forMs, status } = parseBody(outageSchema, body ?? {})
      faults.push(faultSchema.parse({ operation: '*', what: { status }, forMs }))
      return faults
    },
  },
  { method: 'DELETE', path: '/__sandbox/tokens', handle: revokeTokens },
  {
    method: 'POST',
    path: '/__sandbox/token-expiry',
    handle: (sandbox, body) => expireTokens(sandbox, parseBody(expirySchema, body ?? {}).subject),
  },
  { method: 'GET', path: '/__sandbox/exchanges', handle: ({ exchanges }) => exchanges },
]
