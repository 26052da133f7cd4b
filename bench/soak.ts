/**
 * Runs the soak test (`npm run soak`): visitors chat through four gateways, one Redis and the
 * sandbox's Salesforce while faults come and go and a gateway is killed. In the end, the messages
 * that visitors sent and received are compared with those that Salesforce stores.
 * The exit code is 1 when a message was lost, doubled, delivered to another visitor or given up, or
 * when an answer was `internal`.
 * Variables: `SOAK_VISITORS` (1000), `SOAK_SECONDS` (120) and `SOAK_RATE`, the calls a second of
 * all visitors together (45 per CPU).
 */
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, call } from './call.js'
import { createFaultSchedule } from './soak/fault-schedule.js'
import { isGood, report } from './soak/report.js'
import { startServers } from './soak/servers.js'
import { createTally } from './soak/tally.js'
import { compare, storedConversationsSchema } from './soak/verdict.js'
import { createVisitor, type Visitor } from './soak/visitor.js'

const gateways = 4
/** Is the share of the time in which visitors arrive. */
const arrivalShare = 0.4
/** Is the share of sends among the calls; the other three quarters are polls. */
const sendShare = 0.25
/** Keeps below Salesforce's limit of 22 messages a minute for each visitor. */
const minSendPauseMs = 3000
const floorIntervalMs = 100
/** Bounds the repeats of a message after the end, and the duration of the last reading. */
const graceMs = 90_000
/** Leaves time for the bot's last answer to become visible to every visitor. */
const settleMs = 3000

function positiveNumber(name: string, usual: number): number {
  const value = Number(process.env[name] || usual)
  if (!(value > 0)) throw new TypeError(`${name} must be a number above 0`)
  return value
}

/** Reports the stage on the error stream; the standard output holds only the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

async function main(): Promise<boolean> {
  const count = positiveNumber('SOAK_VISITORS', 1000)
  const seconds = positiveNumber('SOAK_SECONDS', 120)
  const rate = positiveNumber('SOAK_RATE', 45 * cpus().length)
  stage('starting')
  const { fleet, redisUrl, salesforceUrl, close } = await startServers(gateways)
  try {
    stage('chatting')
    const tally = createTally()
    const schedule = createFaultSchedule({
      redisUrl,
      salesforceUrl,
      drops: Math.ceil(count / 100),
      kill: () => fleet.kill(1),
      restart: () => fleet.restart(1),
    })

    async function callNext(options: Call) {
      const before = schedule.phase()
      const answer = await call(fleet.next(), options)
      tally.note(options.endpoint, answer, before === 'faulty' ? before : schedule.phase())
      return answer
    }

    const endsAt = Date.now() + seconds * 1000
    const pace = (share: number) => (count / (rate * share)) * 1000
    const visitors = Array.from({ length: count }, (_each, index) =>
      createVisitor({
        index,
        ask: callNext,
        endsAt,
        givesUpAt: endsAt + graceMs,
        pollPauseMs: pace(1 - sendShare),
        sendPauseMs: Math.max(minSendPauseMs, pace(sendShare)),
      }),
    )

    async function arrive(visitor: Visitor, index: number): Promise<boolean> {
      await sleep((index / count) * seconds * arrivalShare * 1000)
      return await visitor.chat()
    }

    async function measureFloor(): Promise<void> {
      while (Date.now() < endsAt) {
        const { code, ...answer } = await call(fleet.next(), { method: 'GET', endpoint: 'none' })
        if (code === 'not_found') tally.note('floor', { ...answer, code: null }, schedule.phase())
        await sleep(floorIntervalMs)
      }
    }

    const [opened] = await Promise.all([
      Promise.all(visitors.map(arrive)),
      measureFloor(),
      schedule.run(seconds * 1000),
    ])
    stage('reading to the end')
    await sleep(settleMs)
    const read = await Promise.all(
      visitors.map(async (visitor, index) => {
        await sleep((index / rate) * 1000)
        return await visitor.readToTheEnd(Date.now() + graceMs)
      }),
    )
    stage('comparing')
    const stored = storedConversationsSchema.parse(
      await (await fetch(`${salesforceUrl}/__entries`)).json(),
    )
    const records = visitors.map(({ record }) => record())
    const verdict = compare(records, stored)
    const setting = { visitors: count, seconds, gateways, faults: schedule.names }
    for (const line of report(setting, verdict, tally)) console.log(line)
    const notOpened = opened.filter((isOpen) => !isOpen).length
    const unread = read.filter((isRead) => !isRead).length
    console.log(`visitors who never got in ${notOpened}, who could not read to the end ${unread}`)
    for (const { unsettled } of records) for (const line of unsettled) console.log(line)
    return isGood(verdict, tally) && notOpened + unread === 0
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
