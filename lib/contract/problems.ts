/** Defines an error as a frontend sees it (contract, "Errors"; RFC 9457). */
import * as z from 'zod'
import { type ProblemCode, problems } from '../problem.js'
import { timestamp } from './common.js'
import { prechat } from './replies.js'

function isCode(name: string): name is ProblemCode {
  return name in problems
}

export const problemCode = z.enum(Object.keys(problems).filter(isCode))

export const problem = z.strictObject({
  type: z
    .string()
    .regex(/^\/problems#[a-z_]+$/)
    .describe('Stable, and where the code is explained: a page of the deployment.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional().describe('For people; it may change.'),
  code: problemCode.describe('Stable: decide by this.'),
  retryable: z.boolean().describe('Stable: whether the same call may succeed later.'),
  retryAfterMs: z.number().optional(),
  requestId: z.string().describe('Ties the answer to the log.'),
  errors: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .optional()
    .describe('With invalid_request: each thing wrong, by its dotted path.'),
  prechat: prechat.nullable().optional().describe('With prechat_required: the form.'),
  opensAt: timestamp
    .optional()
    .describe('With outside_business_hours: when the chat opens, where the hours tell it.'),
})
