import * as z from 'zod'
import { faultSchema } from '../faults.js'
import { patchSwitches, switchesPatchSchema } from '../switches.js'
import { expireTokens, revokeTokens } from '../tokens.js'
import { resetSwitches, resetWorld } from '../world.js'
import { type Control, read } from './control.js'

const outageSchema = z.strictObject({
  forMs: z.int().min(1).default(60_000),
  status: z.int().min(400).max(599).default(503),
})
const expirySchema = z.strictObject({ subject: z.string().optional() })

/** What can be done to the org as a whole: switches, faults, tokens, and what was heard. */
export const orgControls: Control[] = [
  { method: 'DELETE', path: '/__sandbox', act: resetWorld },
  { method: 'GET', path: '/__sandbox/switches', act: ({ switches }) => switches },
  {
    method: 'PATCH',
    path: '/__sandbox/switches',
    act: ({ switches }, body) => {
      patchSwitches(switches, read(switchesPatchSchema, body))
      return switches
    },
  },
  {
    method: 'DELETE',
    path: '/__sandbox/switches',
    act: (world) => {
      resetSwitches(world)
      return world.switches
    },
  },
  { method: 'GET', path: '/__sandbox/faults', act: ({ faults }) => faults },
  {
    method: 'POST',
    path: '/__sandbox/faults',
    act: ({ faults }, body) => {
      faults.push(read(faultSchema, body))
      return faults
    },
  },
  {
    method: 'DELETE',
    path: '/__sandbox/faults',
    act: ({ faults }) => {
      faults.length = 0
      return faults
    },
  },
  {
    method: 'POST',
    path: '/__sandbox/outages',
    act: ({ faults }, body) => {
      const { forMs, status } = read(outageSchema, body ?? {})
      faults.push(faultSchema.parse({ operation: '*', what: { status }, forMs }))
      return faults
    },
  },
  { method: 'DELETE', path: '/__sandbox/tokens', act: revokeTokens },
  {
    method: 'POST',
    path: '/__sandbox/token-expiry',
    act: (world, body) => expireTokens(world, read(expirySchema, body ?? {}).subject),
  },
  { method: 'GET', path: '/__sandbox/exchanges', act: ({ exchanges }) => exchanges },
]
