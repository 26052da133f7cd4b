/**
 * `npm run soak`: visitors chat through four gateways, one Redis and the sandbox's Salesforce while
 * faults come and go and a gateway is killed; in the end everything is held against what Salesforce
 * stores. Exit code 1 when anything was lost, doubled, told to another or given up, or was `internal`.
 * `SOAK_VISITORS` (1000), `SOAK_SECONDS` (120), `SOAK_RATE`: calls a second, all together (45 per CPU).
 */
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, call } from './call.js'
import { startParts } from './soak/parts.js'
import { isGood, report } from './soak/report.js'
import { createStorm } from './soak/storm.js'
import { createTally } from './soak/tally.js'
import { judge, ledgerSchema } from './soak/verdict.js'
import { createVisitor, type Visitor } from './soak/visitor.js'

const gateways = 4
/** Of the time, in which visitors arrive. */
const arrivalShare = 0.4
/** A call is a poll three times out of four. */
const sayShare = 0.25
/** Salesforce itself lets nobody say more than 22 things a minute. */
const leastSayPauseMs = 3000
const floorEveryMs = 100
/** How long after the end a message is still repeated, and how long the last reading may take. */
const patienceMs = 90_000
/** Until the last answer of the bot is there for everybody. */
const settleMs = 3000

function setting(name: string, usual: number): number {
  const value = Number(process.env[name] || usual)
  if (!(value > 0)) throw new TypeError(`${name} must be a number above 0`)
  return value
}

/** Where the time goes, on the error stream: the output is the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

async function main(): Promise<boolean> {
  const count = setting('SOAK_VISITORS', 1000)
  const seconds = setting('SOAK_SECONDS', 120)
  const rate = setting('SOAK_RATE', 45 * cpus().length)
  stage('starting')
  const { fleet, redisUrl, salesforceUrl, close } = await startParts(gateways)
  try {
    stage('chatting')
    const tally = createTally()
    const storm = createStorm({
      redisUrl,
      salesforceUrl,
      drops: Math.ceil(count / 100),
      kill: () => fleet.kill(1),
      restart: () => fleet.restart(1),
    })

    async function ask(wish: Call) {
      const before = storm.when()
      const answer = await call(fleet.next(), wish)
      tally.note(wish.endpoint, answer, before === 'storm' ? before : storm.when())
      return answer
    }

    const endsAt = Date.now() + seconds * 1000
    const pace = (share: number) => (count / (rate * share)) * 1000
    const visitors = Array.from({ length: count }, (_each, index) =>
      createVisitor({
        index,
        ask,
        endsAt,
        givesUpAt: endsAt + patienceMs,
        pollPauseMs: pace(1 - sayShare),
        sayPauseMs: Math.max(leastSayPauseMs, pace(sayShare)),
      }),
    )

    async function arrive(visitor: Visitor, index: number): Promise<boolean> {
      await sleep((index / count) * seconds * arrivalShare * 1000)
      return await visitor.chat()
    }

    async function measureFloor(): Promise<void> {
      while (Date.now() < endsAt) {
        const { code, ...answer } = await call(fleet.next(), { method: 'GET', endpoint: 'none' })
        if (code === 'not_found') tally.note('floor', { ...answer, code: null }, storm.when())
        await sleep(floorEveryMs)
      }
    }

    const [opened] = await Promise.all([
      Promise.all(visitors.map(arrive)),
      measureFloor(),
      storm.pass(seconds * 1000),
    ])
    stage('reading to the end')
    await sleep(settleMs)
    const read = await Promise.all(
      visitors.map(async (visitor, index) => {
        await sleep((index / rate) * 1000)
        return await visitor.readToTheEnd(Date.now() + patienceMs)
      }),
    )
    stage('comparing')
    const ledger = ledgerSchema.parse(await (await fetch(`${salesforceUrl}/__ledger`)).json())
    const testimonies = visitors.map(({ testimony }) => testimony())
    const verdict = judge(testimonies, ledger)
    const howIt = { visitors: count, seconds, gateways, weathers: storm.names }
    for (const line of report(howIt, verdict, tally)) console.log(line)
    const outside = opened.filter((isOpen) => !isOpen).length
    const unread = read.filter((isRead) => !isRead).length
    console.log(`visitors who never got in ${outside}, who could not read to the end ${unread}`)
    for (const { unsettled } of testimonies) for (const line of unsettled) console.log(line)
    return isGood(verdict, tally) && outside + unread === 0
  } finally {
    await close()
  }
}

main().then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
