import { guideOperations } from './guide/operations.js'
import { operations } from './operations/index.js'
import type { Operation } from './operations/operation.js'
import type { Api } from './sandbox-state.js'

const dialects: Record<Api, readonly Operation[]> = {
  'enhanced-chat': operations,
  guide: guideOperations,
}

/** Returns all operations of a Salesforce with this dialect; any other path is 404. */
export const operationsOf = (api: Api): readonly Operation[] => dialects[api]
