/** Describes the calls that the sandbox's Salesforce has received. */
import * as z from 'zod'

/**
 * Parses their numbers; `refused` are answered with 429, and `refusedLists` are those of them that
 * exceeded Salesforce's own limit of lists. `bytes` are those of all answers' bodies.
 */
export const salesforceCallsSchema = z.object({
  lists: z.int(),
  refusedLists: z.int(),
  streams: z.int(),
  others: z.int(),
  refused: z.int(),
  bytes: z.int(),
})
export type SalesforceCalls = z.infer<typeof salesforceCallsSchema>

/** Marks the answer of an injected fault, whose 429 says nothing of Salesforce's own limits. */
export const injectedHeader = 'x-injected'
