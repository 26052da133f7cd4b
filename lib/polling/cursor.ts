/**
 * The cursor: all that a poll needs to know about what its holder has, as a sealed value the client
 * keeps. Reading changes nothing on the server.
 */
import * as z from 'zod'
import { role } from '../contract/messages.js'
import type { Sealer } from '../sealing.js'
import type { ConversationState } from './state.js'

export type Cursor = {
  /** The newest timestamp given out or passed over, epoch milliseconds; 0 before the first entry. */
  newest: number
  /** Entries older than this are settled: given out, or history. */
  floor: number
  /** The conversation's state just before `floor`. */
  base: ConversationState
  /** Fingerprints of the entries seen since `floor`, given out or not, with their timestamps. */
  seen: ReadonlyMap<string, number>
}

/** Where a page of history begins: everything older than `bound` that is not the cursor's to deliver. */
export type HistoryMark = {
  /** The timestamp of the oldest entry given out. */
  bound: number
  /** Fingerprints of the entries given out that share `bound`. */
  given: ReadonlySet<string>
  /** Entries since `floor` belong to the history only when they are members; later ones are the cursor's. */
  floor: number
  members: ReadonlySet<string>
}

const instant = z.int().min(0)

const stateSchema = z.strictObject({
  h: z.enum(['queue', 'bot', 'agent', 'none', 'unknown']),
  p: z.array(z.tuple([role, z.string().nullable(), z.string()])),
  e: z.enum(['EndUser', 'Agent', 'System']).nullable(),
  w: z.number().nullable(),
  c: z.boolean(),
})
const cursorSchema = z.strictObject({ n: instant, f: instant, s: stateSchema })
const historySchema = z.strictObject({ b: instant, f: instant, g: z.int().min(0) })

/** Keeps a sealed cursor below 6 KB whatever Salesforce lists; the window holds fewer. */
const maxMarks = 410
const maxNameLength = 50
const markBytes = 6
const seenBytes = markBytes + 2

/** A header in JSON, its length before it, binary rows behind it. */
function pack(header: unknown, rows: readonly Buffer[]): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(2)
  length.writeUInt16BE(json.length)
  return Buffer.concat([length, json, ...rows])
}

function unpack<T>(plain: Buffer, schema: z.ZodType<T>): { header: T; rows: Buffer } {
  const end = 2 + plain.readUInt16BE(0)
  const header = schema.parse(JSON.parse(plain.toString('utf8', 2, end)))
  return { header, rows: plain.subarray(end) }
}

function rowsOf(rows: Buffer, size: number): Buffer[] {
  return Array.from({ length: rows.length / size }, (_, index) =>
    rows.subarray(index * size, (index + 1) * size),
  )
}

function seenRow(mark: string, age: number): Buffer {
  const row = Buffer.alloc(seenBytes)
  row.write(mark, 0, 'hex')
  row.writeUInt16BE(Math.min(Math.max(age, 0), 0xffff), markBytes)
  return row
}

function packState({ handledBy, participants, endedBy, ...rest }: ConversationState) {
  return {
    h: handledBy,
    p: participants.map(({ role, displayName, subject }) => [
      role,
      displayName?.slice(0, maxNameLength) ?? null,
      subject,
    ]),
    e: endedBy,
    w: rest.estimatedWaitSeconds,
    c: rest.closed,
  }
}

function unpackState({ h, p, e, w, c }: z.infer<typeof stateSchema>): ConversationState {
  const participants = p.map(([role, displayName, subject]) => ({ role, displayName, subject }))
  return { handledBy: h, participants, endedBy: e, estimatedWaitSeconds: w, closed: c }
}

export type Cursors = ReturnType<typeof createCursors>

/** Seals and opens cursors and history marks, bound to their conversation. Opening anything else gives null. */
export function createCursors(sealer: Sealer) {
  return {
    sealCursor(cursor: Cursor, conversationId: string): string {
      const { newest, floor, base, seen } = cursor
      const newestFirst = [...seen].sort(([, a], [, b]) => b - a)
      const rows = newestFirst.slice(0, maxMarks).map(([mark, at]) => seenRow(mark, newest - at))
      const header = { n: newest, f: floor, s: packState(base) }
      return sealer.seal(pack(header, rows), `cursor:${conversationId}`)
    },

    openCursor(sealed: string, conversationId: string): Cursor | null {
      const plain = sealer.open(sealed, `cursor:${conversationId}`)
      if (!plain) return null
      const { header, rows } = unpack(plain, cursorSchema)
      const seen = new Map(
        rowsOf(rows, seenBytes).map((row) => [
          row.toString('hex', 0, markBytes),
          header.n - row.readUInt16BE(markBytes),
        ]),
      )
      return { newest: header.n, floor: header.f, base: unpackState(header.s), seen }
    },

    sealHistory({ bound, given, floor, members }: HistoryMark, conversationId: string): string {
      const rows = [...given, ...members].map((mark) => Buffer.from(mark, 'hex'))
      const header = { b: bound, f: floor, g: given.size }
      return sealer.seal(pack(header, rows), `history:${conversationId}`)
    },

    openHistory(sealed: string, conversationId: string): HistoryMark | null {
      const plain = sealer.open(sealed, `history:${conversationId}`)
      if (!plain) return null
      const { header, rows } = unpack(plain, historySchema)
      const marks = rowsOf(rows, markBytes).map((row) => row.toString('hex'))
      const given = new Set(marks.slice(0, header.g))
      const members = new Set(marks.slice(header.g))
      return { bound: header.b, floor: header.f, given, members }
    },
  }
}
