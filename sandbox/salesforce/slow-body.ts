import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'

/**
 * Describes a fault of a body: the operation's own answer comes in pieces, and may break off. Its
 * head comes at once.
 */
export const bodyFaultSchema = z.strictObject({
  pieceBytes: z.int().min(1).default(1024),
  /** Is the pause before each piece, in milliseconds. */
  everyMs: z.int().min(0).default(0),
  /** Ends the body after so many bytes: the connection is cut, or nothing more comes. */
  breakAfterBytes: z.int().min(0).optional(),
  breakBy: z.enum(['drop', 'hang']).default('drop'),
})

/** Describes how a body comes. */
export type BodyFault = z.infer<typeof bodyFaultSchema>

/** Returns the response with a body that comes in pieces, as its reader asks for them. */
export async function slowDown(response: Response, fault: BodyFault): Promise<Response> {
  const { pieceBytes, everyMs, breakAfterBytes, breakBy } = fault
  const bytes = new Uint8Array(await response.arrayBuffer())
  const end = Math.min(breakAfterBytes ?? bytes.length, bytes.length)
  let sent = 0
  let isRead = true

  async function sendPiece(controller: ReadableStreamDefaultController<Uint8Array>) {
    if (everyMs > 0) await sleep(everyMs, undefined, { ref: false })
    if (!isRead) return
    if (sent < end) {
      const piece = bytes.slice(sent, Math.min(sent + pieceBytes, end))
      sent += piece.length
      return controller.enqueue(piece)
    }
    if (breakAfterBytes === undefined) return controller.close()
    if (breakBy === 'drop') return controller.error(new Error('The connection is cut'))
    await new Promise(() => {})
  }

  const body = new ReadableStream<Uint8Array>(
    {
      pull: sendPiece,
      cancel() {
        isRead = false
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}
