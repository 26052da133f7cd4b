/** Formats what chats cost, each chat by itself. Pure. */
import type { Measures } from '../delivery/measures.js'
import type { Size } from '../delivery/scenario.js'
import { percentile } from '../figures.js'
import { table } from '../ratios/report.js'
import { functionGigabytes, prices } from './prices.js'

const hourMs = 3_600_000
const unknown = '–'

/** Returns US dollars for one chat; calls that wait at the same time may share memory, which is not counted. */
function priceOf({ usage }: Measures, chats: number): number {
  const { functionCalls, functionMs, cpuMs, redis } = usage
  const functions =
    functionCalls * prices.perInvocation +
    ((cpuMs ?? 0) / hourMs) * prices.perCpuHour +
    (functionMs / hourMs) * functionGigabytes * prices.perGigabyteHour
  return (functions + redis.commands * prices.perCommand) / chats
}

type Row = [name: string, value: (measures: Measures, chats: number) => string]

const perChat =
  (count: (measures: Measures) => number | null) => (measures: Measures, chats: number) => {
    const sum = count(measures)
    return sum === null ? unknown : Math.round(sum / chats).toLocaleString('en')
  }

function delayOf({ delays }: Measures, share: number): string {
  const sorted = delays.toSorted((a, b) => a - b)
  return `${Math.round(percentile(sorted, share)).toLocaleString('en')} ms`
}

const rows: Row[] = [
  ['calls of functions', perChat(({ usage }) => usage.functionCalls)],
  ['seconds in functions', perChat(({ usage }) => usage.functionMs / 1000)],
  ['CPU ms', perChat(({ usage }) => usage.cpuMs)],
  ['Redis requests', perChat(({ usage }) => usage.redis.requests)],
  ['Redis commands, with those in scripts', perChat(({ usage }) => usage.redis.commands)],
  ['Salesforce calls', perChat(({ usage: { salesforce: s } }) => s.lists + s.streams + s.others)],
  ['refused by Salesforce', perChat(({ usage }) => usage.salesforce.refused)],
  ['KB from Salesforce', perChat(({ usage }) => usage.salesforce.bytes / 1000)],
  ['delivery, p50', (measures) => delayOf(measures, 0.5)],
  ['delivery, p95', (measures) => delayOf(measures, 0.95)],
  ['messages lost', ({ lost }) => String(lost)],
  [
    'price of 1,000 chats',
    (measures, chats) => `$ ${(priceOf(measures, chats) * 1000).toFixed(2)}`,
  ],
]

/** Returns the table of all columns, means of one chat. */
export function priceTable(all: readonly Measures[], { visitors, seconds }: Size): string[] {
  const title = `a chat of ${Math.round(seconds / 60)} minutes`
  return table(
    [title, ...all.map(({ name }) => name)],
    rows.map(([name, value]) => [name, ...all.map((measures) => value(measures, visitors))]),
  )
}
