/** Runs faults while visitors chat: one kind after the other, with calm in between. */
import { setTimeout as sleep } from 'node:timers/promises'

type Options = {
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
type ScheduledFault = {
  name: string
  begin?(): Promise<unknown>
  repeat?(): Promise<unknown>
  end?(): Promise<unknown>
}

const repeatEveryMs = 100

async function request(url: string, method: 'POST' | 'PATCH' | 'DELETE', body?: object) {
  const content = body && { body: JSON.stringify(body) }
  const response = await fetch(url, { method, ...content })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`)
  await response.text()
}

export type FaultSchedule = ReturnType<typeof createFaultSchedule>

export function createFaultSchedule({ salesforceUrl, redisUrl, drops, kill, restart }: Options) {
  const sandbox = `${salesforceUrl}/__sandbox`
  const addSalesforceFault = (fault: object) =>
    request(`${sandbox}/faults`, 'POST', { times: drops, ...fault })
  const addRedisFault = (what: unknown) =>
    request(`${redisUrl}/__faults`, 'POST', { times: drops, what })
  const lag = (visibilityLagMs: object) =>
    request(`${sandbox}/switches`, 'PATCH', { visibilityLagMs })

  async function clear(): Promise<void> {
    await request(`${sandbox}/faults`, 'DELETE')
    await request(`${redisUrl}/__faults`, 'DELETE')
  }

  const busy = { status: 429, headers: { 'Retry-After': '1' } }
  const answerLosingOperations = ['sendMessage', 'createConversation', 'listConversationEntries']
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
    { name: 'a gateway killed', begin: kill, end: restart },
    { name: 'Redis slow', repeat: () => addRedisFault({ slowMs: 600 }) },
    {
      name: 'Salesforce hangs after the effect',
      repeat: () => addSalesforceFault({ operation: 'sendMessage', when: 'after', what: 'hang' }),
    },
    { name: 'Redis answers lost', repeat: () => addRedisFault('lose') },
    { name: 'tokens expired', begin: () => request(`${sandbox}/token-expiry`, 'POST') },
    { name: 'Salesforce 429', repeat: () => addSalesforceFault({ operation: '*', what: busy }) },
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
  /** Runs beside every fault: a lost answer is the hardest case for exactly once. */
  const loseAnswer = () =>
    addSalesforceFault({ operation: 'sendMessage', when: 'after', what: 'drop', times: 1 })
  let isFaulty = false

  async function runFault({ begin, repeat, end }: ScheduledFault, until: number): Promise<void> {
    isFaulty = true
    await begin?.()
    while (Date.now() < until) {
      await Promise.all([loseAnswer(), repeat?.()])
      await sleep(repeatEveryMs)
    }
    await clear()
    await end?.()
    isFaulty = false
  }

  return {
    /** Returns `faulty` while a fault is active, `calm` otherwise. */
    phase: (): 'calm' | 'faulty' => (isFaulty ? 'faulty' : 'calm'),
    names: faults.map(({ name }) => name),
    /** Runs each fault once within this time, each after a calm of the same length. */
    async run(withinMs: number): Promise<void> {
      const turnMs = withinMs / faults.length / 2
      const beganAt = Date.now()
      for (const [index, scheduled] of faults.entries()) {
        const nextAt = beganAt + (2 * index + 1) * turnMs
        await sleep(Math.max(0, nextAt - Date.now()))
        await runFault(scheduled, nextAt + turnMs)
      }
    },
  }
}
