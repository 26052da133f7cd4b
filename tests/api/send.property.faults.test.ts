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

const patience = {
  REQUEST_DEADLINE_MS: '2000',
  REDIS_TIMEOUT_MS: '1000',
  SEND_SETTLE_MS: String(1.5 * maxLagMs),
}

const settings = {
  numRuns: Number(process.env.FC_RUNS ?? 4),
  ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
  ...(process.env.FC_PATH && { path: process.env.FC_PATH }),
}

/** Guests in two tabs; in the real API also people who are known, on two devices. */
const settingsOfPeople = dialects.flatMap((dialect) => {
  const guests = { ...dialect, people: 'guests', isKnown: false }
  if (!dialect.resolvesUnclearSends) return [guests]
  const env = { ...dialect.env, ...verifiedEnv, ...loginEnv }
  const salesforce = { ...dialect.salesforce, ...verifiedSalesforce }
  return [guests, { ...dialect, env, salesforce, people: 'known visitors', isKnown: true }]
})

describe.each(settingsOfPeople)('$people, through $name', ({ isKnown, people: _, ...dialect }) => {
  const salesforce = {
    ...dialect.salesforce,
    attachments,
    switches: { limits: noSalesforceLimits },
  }
  const setup = setupDialect({ ...dialect, salesforce }, patience)

  it.each(duplicateHandling)(
    'say each thing at most once, and exactly once when told so, in an org that %s',
    async (_, storesDuplicates) => {
      const property = fc.asyncProperty(commands, async (sequence) => {
        const real = await createReal(setup, dialect, isKnown)
        setup.gateway.salesforce.switches.storesDuplicates = storesDuplicates
        const model: Model = { messages: new Map() }
        await fc.asyncModelRun(() => ({ model, real }), sequence)
        await checkAfterRecovery(model, real)
      })
      await fc.assert(property, settings)
    },
    3_600_000,
  )
})
