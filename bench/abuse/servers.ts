/** Starts the servers of the abuse benchmark. */
import { startServers } from '../servers/start.js'

export type Servers = Awaited<ReturnType<typeof startAbuseServers>>

const unlimited = [100_000, '1 m']

/**
 * Starts two gateways over one Redis. The first one is measured; the second one has no limits, and
 * opens what an attacker would have collected in a longer time.
 */
export async function startAbuseServers() {
  const servers = await startServers({
    size: 2,
    salesforce: {
      switches: {
        limits: { conversationsPer30Seconds: null, tokensPerMinute: null },
      },
    },
    env: {},
    envOf: (index) =>
      index === 0
        ? {}
        : {
            LIMITS: JSON.stringify({
              ...{ auth: unlimited, start: unlimited, startAddress: unlimited },
              tokens: unlimited,
            }),
          },
  })
  return {
    ...servers,
    measured: servers.fleet.next([0]),
    unlimited: servers.fleet.next([1]),
    /** Empties Redis, so that no limit remembers what was before. */
    async empty(): Promise<void> {
      await fetch(`${servers.redisUrl}/__data`, { method: 'DELETE' })
    },
  }
}
