/** Faults that come and go while visitors chat: one kind after the other, with calm in between. */
import { setTimeout as sleep } from 'node:timers/promises'

type Options = {
  salesforceUrl: string
  redisUrl: string
  /** How many requests each drop of a drizzle spoils. */
  drops: number
  /** Ends a gateway on the spot; starts it anew. */
  kill(): Promise<void>
  restart(): Promise<void>
}

/** One kind of bad weather: a drizzle is repeated as long as it lasts. */
type Weather = {
  name: string
  begin?(): Promise<unknown>
  drizzle?(): Promise<unknown>
  end?(): Promise<unknown>
}

const drizzleEveryMs = 100

async function tell(url: string, method: 'POST' | 'PATCH' | 'DELETE', body?: object) {
  const content = body && { body: JSON.stringify(body) }
  const response = await fetch(url, { method, ...content })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`)
  await response.text()
}

export type Storm = ReturnType<typeof createStorm>

export function createStorm({ salesforceUrl, redisUrl, drops, kill, restart }: Options) {
  const sandbox = `${salesforceUrl}/__sandbox`
  const spoil = (fault: object) => tell(`${sandbox}/faults`, 'POST', { times: drops, ...fault })
  const spoilRedis = (what: unknown) => tell(`${redisUrl}/__faults`, 'POST', { times: drops, what })
  const lag = (visibilityLagMs: object) => tell(`${sandbox}/switches`, 'PATCH', { visibilityLagMs })

  async function clear(): Promise<void> {
    await tell(`${sandbox}/faults`, 'DELETE')
    await tell(`${redisUrl}/__faults`, 'DELETE')
  }

  const busy = { status: 429, headers: { 'Retry-After': '1' } }
  const said = ['sendMessage', 'createConversation', 'listConversationEntries']
  const weathers: Weather[] = [
    { name: 'Salesforce 500', drizzle: () => spoil({ operation: '*', what: { status: 500 } }) },
    {
      name: 'Salesforce answers lost',
      drizzle: () =>
        Promise.all(said.map((operation) => spoil({ operation, when: 'after', what: 'drop' }))),
    },
    { name: 'Redis 500', drizzle: () => spoilRedis({ status: 500 }) },
    {
      name: 'Salesforce lists late',
      begin: () => lag({ minimum: 100, maximum: 900 }),
      end: () => lag({ minimum: 20, maximum: 500 }),
    },
    { name: 'a gateway killed', begin: kill, end: restart },
    { name: 'Redis slow', drizzle: () => spoilRedis({ slowMs: 600 }) },
    {
      name: 'Salesforce hangs after the effect',
      drizzle: () => spoil({ operation: 'sendMessage', when: 'after', what: 'hang' }),
    },
    { name: 'Redis answers lost', drizzle: () => spoilRedis('lose') },
    { name: 'tokens expired', begin: () => tell(`${sandbox}/token-expiry`, 'POST') },
    { name: 'Salesforce 429', drizzle: () => spoil({ operation: '*', what: busy }) },
    { name: 'Redis hangs', drizzle: () => spoilRedis('hang') },
    {
      name: 'Salesforce lists a web page',
      drizzle: () => spoil({ operation: 'listConversationEntries', what: 'html' }),
    },
    { name: 'Redis connections cut', drizzle: () => spoilRedis('drop') },
    {
      name: 'Salesforce 503',
      begin: () => tell(`${sandbox}/outages`, 'POST', { forMs: 600_000 }),
    },
  ]
  /** Whatever the weather is: the hardest thing for exactly once. */
  const loseAnswer = () =>
    spoil({ operation: 'sendMessage', when: 'after', what: 'drop', times: 1 })
  let isStorming = false

  async function blow({ begin, drizzle, end }: Weather, until: number): Promise<void> {
    isStorming = true
    await begin?.()
    while (Date.now() < until) {
      await Promise.all([loseAnswer(), drizzle?.()])
      await sleep(drizzleEveryMs)
    }
    await clear()
    await end?.()
    isStorming = false
  }

  return {
    /** Whether something is being spoilt now. */
    when: (): 'calm' | 'storm' => (isStorming ? 'storm' : 'calm'),
    names: weathers.map(({ name }) => name),
    /** Brings about each weather once within this time, each after a calm of the same length. */
    async pass(withinMs: number): Promise<void> {
      const turnMs = withinMs / weathers.length / 2
      const beganAt = Date.now()
      for (const [index, weather] of weathers.entries()) {
        const nextAt = beganAt + (2 * index + 1) * turnMs
        await sleep(Math.max(0, nextAt - Date.now()))
        await blow(weather, nextAt + turnMs)
      }
    },
  }
}
