/** Starts the servers of a soak. */
import type { SalesforceOptions } from '../../sandbox/salesforce/index.js'
import { verifiedEnv, verifiedSalesforce } from '../../tests/support/verified.js'
import { startServers } from '../servers/start.js'
import { settleMs } from './verdict.js'

/** Exceeds an org's limit, under which a thousand visitors would need seven minutes to arrive. */
const tokensPerMinute = 100_000

/**
 * Verifies its visitors, so that every token is renewed while they chat, and stores a repeated id
 * twice, so that only the gateway prevents doubled messages. Its limits are the usual ones, but for
 * that of tokens: of lists, 30 a minute in each conversation.
 */
const salesforce: SalesforceOptions = {
  ...verifiedSalesforce,
  switches: {
    storesDuplicates: true,
    botDelayMs: 100,
    listRepeatsEntries: true,
    listShufflesTies: true,
    verifiedTokenLifeSeconds: 120,
    limits: { tokensPerMinute },
  },
}

/**
 * Starts one gateway for each clock, and a Redis that flushes its log every second; none of the
 * servers outlives `close`, or this process.
 */
export const startSoakServers = (clockOffsetsSeconds: readonly number[], sendsFile: string) =>
  startServers({
    size: clockOffsetsSeconds.length,
    envOf: (index) => ({ CLOCK_AHEAD_MS: String((clockOffsetsSeconds[index] ?? 0) * 1000) }),
    redisEnv: { REDIS_DURABILITY: 'everySecond' },
    salesforce,
    env: {
      ...verifiedEnv,
      SENDS_FILE: sendsFile,
      SEND_SETTLE_MS: String(settleMs),
      LIMITS: JSON.stringify({ tokens: [tokensPerMinute, '1 m'] }),
    },
  })
