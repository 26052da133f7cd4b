/** Looks at a visitor's record in the store, and at what a call moves out of the store. */
import * as z from 'zod'
import type { TestGateway } from './gateway.js'

const keyOf = (visitorId: string) => `local:visitor:{${visitorId}}`
const texts = z.array(z.coerce.string())

/** Returns the fields of a visitor's record. */
export async function storedFields(gateway: TestGateway, visitorId: string) {
  const flat = texts.parse(await gateway.redisBackend.execute(['HGETALL', keyOf(visitorId)]))
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []))
  return new Map(pairs.map(([name = '', value = '']): [string, string] => [name, value]))
}

/** Writes fields of a visitor's record, as an earlier release or another process would. */
export async function writeFields(
  gateway: TestGateway,
  visitorId: string,
  fields: Readonly<Record<string, string>>,
) {
  const pairs = Object.entries(fields).flat()
  await gateway.redisBackend.execute(['HSET', keyOf(visitorId), ...pairs])
}

/** Deletes fields of a visitor's record. */
export async function deleteFields(gateway: TestGateway, visitorId: string, ...names: string[]) {
  await gateway.redisBackend.execute(['HDEL', keyOf(visitorId), ...names])
}

/** Returns the milliseconds for which a visitor's record is still kept. */
export async function recordTtlMs(gateway: TestGateway, visitorId: string): Promise<number> {
  return Number(await gateway.redisBackend.execute(['PTTL', keyOf(visitorId)]))
}

/** Shortens the life of a visitor's record, as if it had not been used for long. */
export async function expireRecordIn(gateway: TestGateway, visitorId: string, ms: number) {
  await gateway.redisBackend.execute(['PEXPIRE', keyOf(visitorId), String(ms)])
}

/** Does work, and returns what it moved to and from the store, in bytes, and in how many requests. */
export async function storeTraffic(gateway: TestGateway, work: () => Promise<unknown>) {
  const { counts } = gateway.redis
  const before = { ...counts }
  await work()
  return {
    requests: counts.requests - before.requests,
    sent: counts.bytesReceived - before.bytesReceived,
    read: counts.bytesSent - before.bytesSent,
  }
}
