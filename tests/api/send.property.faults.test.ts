import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import {
  checkAfterRecovery,
  commands,
  createReal,
  type Model,
  maxLagMs,
} from '../support/send-model.js'
import { duplicateHandling, noSalesforceLimits } from '../support/sending.js'
import { attachments } from '../support/uploads.js'
import { loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const timeouts = {
  REQUEST_DEADLINE_MS: '2000',
  REDIS_TIMEOUT_MS: '1000',
  SEND_SETTLE_MS: String(1.5 * maxLagMs),
}

const settings = {
  numRuns: Number(process.env.FC_RUNS ?? 4),
  ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
  ...(process.env.FC_PATH && { path: process.env.FC_PATH }),
}

/** Lists guests in two tabs and, in the official API, verified visitors on two devices. */
const visitorSettings = dialects.flatMap((dialect) => {
  const guests = { ...dialect, who: 'guests', isVerified: false }
  if (!dialect.resolvesUnclearSends) return [guests]
  const env = { ...dialect.env, ...verifiedEnv, ...loginEnv }
  const salesforce = { ...dialect.salesforce, ...verifiedSalesforce }
  return [guests, { ...dialect, env, salesforce, who: 'verified visitors', isVerified: true }]
})

describe.each(visitorSettings)(
  'send by $who through $name',
  ({ isVerified, who: _, ...dialect }) => {
    const salesforce = {
      ...dialect.salesforce,
      attachments,
      switches: { limits: noSalesforceLimits },
    }
    const setup = setupDialect({ ...dialect, salesforce }, timeouts)

    it.each(duplicateHandling)(
      'delivers each message at most once, and exactly once after a 202, in an org that %s',
      async (_, storesDuplicates) => {
        const property = fc.asyncProperty(commands, async (sequence) => {
          const real = await createReal(setup, dialect, isVerified)
          setup.gateway.salesforce.switches.storesDuplicates = storesDuplicates
          const model: Model = { messages: new Map() }
          await fc.asyncModelRun(() => ({ model, real }), sequence)
          await checkAfterRecovery(model, real)
        })
        await fc.assert(property, settings)
      },
      3_600_000,
    )
  },
)
