/** Lists the faults that a soak goes through. */
import { setTimeout as sleep } from 'node:timers/promises'
import { injectedHeader } from '../servers/salesforce-calls.js'
import type { LossWindow } from './verdict.js'

export type FaultTargets = {
  salesforceUrl: string
  redisUrl: string
  /** Is the number of requests that each repetition of a fault spoils. */
  drops: number
  /** Kills a gateway at once. */
  kill(): Promise<void>
  /** Starts the killed gateway again. */
  restart(): Promise<void>
}

/** Describes one kind of fault; `repeat` is called at intervals while it lasts. */
export type ScheduledFault = {
  name: string
  begin?(): Promise<unknown>
  repeat?(): Promise<unknown>
  end?(): Promise<unknown>
  /** Are the milliseconds between two repetitions, when they are not the usual ones. */
  repeatEveryMs?: number
}

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

async function request(url: string, method: Method, body?: object): Promise<void> {
  const content = body && { body: JSON.stringify(body) }
  const response = await fetch(url, { method, ...content })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`)
  await response.text()
}

/** Is the time of which a restarted Redis lost everything: that between two flushes of its log. */
const lossMs = 1000
/** Leaves time to lose something new between two restarts of Redis. */
const restartEveryMs = 4000
/** Is the time in which a full Redis refuses all writes, before it takes them for a moment. */
const fullMs = 150
/** Is the share of the data that an evicting Redis may keep. */
const keptShare = 0.5
const busy = { status: 429, headers: { 'Retry-After': '1', [injectedHeader]: 'yes' } }
const answerLosingOperations = ['sendMessage', 'createConversation', 'listConversationEntries']

/** Creates the controls of both servers, and the faults that are made of them. */
export function createFaults({ salesforceUrl, redisUrl, drops, kill, restart }: FaultTargets) {
  const lossWindows: LossWindow[] = []
  const restarts: Promise<void>[] = []
  const sandbox = `${salesforceUrl}/__sandbox`
  const memory = `${redisUrl}/__memory`
  const addSalesforceFault = (fault: object) =>
    request(`${sandbox}/faults`, 'POST', { times: drops, ...fault })
  const addRedisFault = (what: unknown) =>
    request(`${redisUrl}/__faults`, 'POST', { times: drops, what })
  const lag = (visibilityLagMs: object) =>
    request(`${sandbox}/switches`, 'PATCH', { visibilityLagMs })
  /** Is the hardest case for exactly once: Salesforce took the message, and its answer is lost. */
  const loseSendAnswers = (times: number) =>
    addSalesforceFault({ operation: 'sendMessage', when: 'after', what: 'drop', times })

  async function restartRedis(): Promise<void> {
    const from = Date.now()
    await request(`${redisUrl}/__restart`, 'POST', { lossMs })
    lossWindows.push({ from, to: Date.now() })
  }

  const faults: ScheduledFault[] = [
    {
      name: 'Salesforce 500',
      repeat: () => addSalesforceFault({ operation: '*', what: { status: 500 } }),
    },
    {
      name: 'Salesforce answers lost',
      repeat: () =>
        Promise.all(
          answerLosingOperations.map((operation) =>
            addSalesforceFault({ operation, when: 'after', what: 'drop' }),
          ),
        ),
    },
    { name: 'Redis 500', repeat: () => addRedisFault({ status: 500 }) },
    {
      name: 'Salesforce lists late',
      begin: () => lag({ minimum: 100, maximum: 900 }),
      end: () => lag({ minimum: 20, maximum: 500 }),
    },
    {
      name: 'a gateway killed',
      begin: kill,
      // Nobody waits for it: its callers do without it, and the next fault comes.
      end: async () => void restarts.push(restart()),
    },
    { name: 'Redis slow', repeat: () => addRedisFault({ slowMs: 600 }) },
    {
      name: 'Redis restarted without its last second',
      repeatEveryMs: restartEveryMs,
      repeat: () => Promise.all([loseSendAnswers(drops), restartRedis()]),
    },
    {
      name: 'Salesforce hangs after the effect',
      repeat: () => addSalesforceFault({ operation: 'sendMessage', when: 'after', what: 'hang' }),
    },
    { name: 'Redis answers lost', repeat: () => addRedisFault('lose') },
    { name: 'tokens expired', begin: () => request(`${sandbox}/token-expiry`, 'POST') },
    { name: 'Salesforce 429', repeat: () => addSalesforceFault({ operation: '*', what: busy }) },
    {
      name: 'Redis full, without eviction',
      async repeat() {
        await request(memory, 'PUT', { policy: 'noeviction', share: 0 })
        await sleep(fullMs)
        await request(memory, 'DELETE')
      },
    },
    { name: 'Redis hangs', repeat: () => addRedisFault('hang') },
    {
      name: 'Salesforce lists a web page',
      repeat: () => addSalesforceFault({ operation: 'listConversationEntries', what: 'html' }),
    },
    { name: 'Redis connections cut', repeat: () => addRedisFault('drop') },
    {
      name: 'Salesforce 503',
      begin: () => request(`${sandbox}/outages`, 'POST', { forMs: 600_000 }),
    },
  ]

  /** Removes keys that are in use: nothing that the gateway promises holds. */
  const eviction: ScheduledFault = {
    name: 'Redis evicts (allkeys-lru)',
    begin: () => request(memory, 'PUT', { policy: 'allkeys-lru', share: keptShare }),
    end: () => request(memory, 'DELETE'),
  }

  return {
    faults,
    eviction,
    lossWindows,
    /** Waits for the gateways that are starting again. */
    untilRestarted: () => Promise.all(restarts),
    /** Runs beside every fault. */
    loseSendAnswer: () => loseSendAnswers(1),
    /** Removes the faults that are queued. */
    async clear(): Promise<void> {
      await request(`${sandbox}/faults`, 'DELETE')
      await request(`${redisUrl}/__faults`, 'DELETE')
    },
  }
}
