/** Holds what one scenario of the delivery benchmark measured, and what it is compared with. */
import type { RedisUse } from '../abuse/costs.js'
import type { SalesforceCalls } from '../servers/salesforce-calls.js'

/** Adds up what a scenario used, from the opening of its conversations on. */
export type Usage = {
  /** Counts calls of the gateway's endpoints, and the milliseconds until their answers were whole. */
  functionCalls: number
  functionMs: number
  /** Is the CPU time of the gateways, in milliseconds; null where no gateway ran. */
  cpuMs: number | null
  redis: RedisUse
  salesforce: SalesforceCalls
}

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
  usage: Usage
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
    bytes: to.bytes - from.bytes,
  }
}
