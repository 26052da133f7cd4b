/** Describes an operation for the OpenAPI document where its schemas cannot. */
import type { ProblemCode } from '../problem.js'

export type OperationDocs = {
  /** Is unique in the document; `scripts/openapi/examples.ts` names the operation by it. */
  operationId: string
  tag: 'Visitors' | 'Conversations' | 'Operations'
  summary: string
  description?: string
  /** Tells the meaning of each status of success. */
  responses: Readonly<Record<number, string>>
  /** Lists problems that do not follow from the method's input and guard. */
  problems?: readonly ProblemCode[]
  /** Holds the media type of the response where it is not JSON. */
  produces?: string
  /** Holds the public path where it is not that of the file. */
  path?: string
}

/** Lists problems of every call that reaches Salesforce. */
export const upstreamProblems = [
  'upstream_rejected',
  'upstream_unavailable',
  'upstream_timeout',
] as const satisfies readonly ProblemCode[]
