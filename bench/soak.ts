/**
 * Runs the soak test (`npm run soak`): visitors chat through four gateways whose clocks differ, one
 * Redis and the sandbox's Salesforce while faults come and go. In the end, the messages that visitors
 * sent and received are compared with those that Salesforce stores. The exit code is 1 when the
 * result is not good (`soak/report.ts`).
 * Variables: `SOAK_VISITORS` (1000), `SOAK_SECONDS` (600), `SOAK_RATE`, the calls a second of all
 * visitors together (30 per CPU), `SOAK_SKEW`, the seconds by which two clocks are wrong (300), and
 * `SOAK_EVICTION=1` for a Redis that evicts keys, instead of the other faults.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { type Call, call } from './call.js'
import { salesforceCallsSchema } from './servers/salesforce-calls.js'
import { createFaultSchedule } from './soak/fault-schedule.js'
import { isGood, type Outcome, report, type Setting } from './soak/report.js'
import { startSoakServers } from './soak/servers.js'
import { createTally } from './soak/tally.js'
import { createTrace } from './soak/trace.js'
import {
  type Attempt,
  attemptSchema,
  compare,
  countLosses,
  storedConversationsSchema,
} from './soak/verdict.js'
import { createVisitor, type Visitor } from './soak/visitor.js'

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

function numberFrom(name: string, usual: number): number {
  const value = Number(process.env[name] || usual)
  if (!(value >= 0)) throw new TypeError(`${name} must be a number of at least 0`)
  return value
}

const healthSchema = z.object({ warnings: z.array(z.string()).default([]) })
const redisCountsSchema = z.object({ evictedKeys: z.int() })

async function getJson(url: string): Promise<unknown> {
  return await (await fetch(url)).json()
}

/** Reads what the gateways sent to Salesforce. */
function readAttempts(file: string): Attempt[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(Boolean).map((line) => attemptSchema.parse(JSON.parse(line)))
}

/** Reports the stage on the error stream; the standard output holds only the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

async function main(): Promise<boolean> {
  const count = numberFrom('SOAK_VISITORS', 1000)
  const seconds = numberFrom('SOAK_SECONDS', 600)
  const rate = numberFrom('SOAK_RATE', 30 * cpus().length)
  const skew = numberFrom('SOAK_SKEW', 300)
  const evicts = process.env.SOAK_EVICTION === '1'
  const clockOffsets = [0, skew, 0, -skew]
  stage('starting')
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  const sendsFile = join(folder, 'sends')
  const { fleet, redisUrl, salesforceUrl, close } = await startSoakServers(clockOffsets, sendsFile)
  try {
    stage('chatting')
    const tally = createTally()
    const schedule = createFaultSchedule({
      redisUrl,
      salesforceUrl,
      drops: Math.ceil(count / 100),
      evicts,
      onFault: (name) => stage(`fault: ${name}`),
      kill: () => fleet.kill(1),
      restart: () => fleet.restart(1),
    })

    const trace = createTrace(schedule.present)

    async function callNext(options: Call) {
      const before = schedule.phase()
      const url = fleet.next()
      const answer = await trace.note(url, options, () => call(url, options))
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
      visitors
        .filter((_visitor, index) => opened[index])
        .map(async (visitor, index) => {
          await sleep((index / rate) * 1000)
          return await visitor.readToTheEnd(Date.now() + graceMs)
        }),
    )
    stage('comparing')
    const stored = storedConversationsSchema.parse(await getJson(`${salesforceUrl}/__entries`))
    const records = visitors.map(({ record }) => record())
    const setting: Setting = {
      visitors: count,
      seconds,
      clockOffsets,
      faults: schedule.names,
      evicts,
    }
    const outcome: Outcome = {
      verdict: compare(records, stored, readAttempts(sendsFile)),
      losses: countLosses(records, schedule.lossWindows),
      tally,
      salesforceCalls: salesforceCallsSchema.parse(await getJson(`${salesforceUrl}/__calls`)),
      evictedKeys: redisCountsSchema.parse(await getJson(`${redisUrl}/__counts`)).evictedKeys,
      warnings: healthSchema.parse(await getJson(`${fleet.next()}/api/health`)).warnings,
      notOpened: opened.filter((isOpen) => !isOpen).length,
      unread: read.filter((isRead) => !isRead).length,
    }
    for (const line of report(setting, outcome)) console.log(line)
    for (const { unsettled } of records) for (const line of unsettled) console.log(line)
    if (evicts) return isGood(setting, outcome)
    const { findings } = outcome.verdict
    for (const line of trace.histories(findings, records, schedule.lossWindows)) console.log(line)
    return isGood(setting, outcome)
  } finally {
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

main().then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
