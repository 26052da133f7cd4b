/** Holds what one scenario of the delivery benchmark measured, and what it is compared with. */
import type { SalesforceCalls } from '../servers/salesforce-calls.js'

export type Measures = {
  /** Names the scenario. */
  name: string
  /** Lists milliseconds from "visible in Salesforce's list" to "in the answer of a poll". */
  delays: number[]
  /** Counts messages that no poll returned. */
  lost: number
  /** Counts messages that polls returned a second time. */
  doubled: number
  /** Counts polls by their outcome: answers with 200, and all others by their code. */
  polls: Map<string, number>
  /** Counts Salesforce's calls in the measured time. */
  calls: SalesforceCalls
  /** Counts requests to Redis in the measured time. */
  redisRequests: number
  /** Is the measured time of all conversations together, in seconds. */
  conversationSeconds: number
}

/** Limits the delays (p95, ms) and the calls to Salesforce per poll; null limits nothing. */
export type Target = { p95Ms: number; callsPerPoll: number | null }

/** Returns what was counted between two moments. */
export function callsBetween(from: SalesforceCalls, to: SalesforceCalls): SalesforceCalls {
  return {
    lists: to.lists - from.lists,
    refusedLists: to.refusedLists - from.refusedLists,
    streams: to.streams - from.streams,
    others: to.others - from.others,
    refused: to.refused - from.refused,
  }
}
