/** Watches a body that is passed on as it comes: how much of it went out, and what cut it. */
import { isProblem } from '../problem.js'

/** Says what ended a body early: the caller, a pause that was too long, or the sender. */
export type Cut = 'caller' | 'idle' | 'upstream'

/** Describes the result of passing a body on; `cut` is null for a whole one. */
export type Passed = { bytes: number; cut: Cut | null }

function cutBy(error: unknown): Cut {
  return isProblem(error, 'upstream_timeout') ? 'idle' : 'upstream'
}

/** Passes a body on, no faster than it is read, and reports its end once. */
export function watchBody(
  body: ReadableStream<Uint8Array>,
  onEnd: (passed: Passed) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let bytes = 0
  let hasEnded = false

  function end(cut: Cut | null): void {
    if (!hasEnded) onEnd({ bytes, cut })
    hasEnded = true
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value } = await reader.read()
          if (hasEnded) return
          if (value) {
            bytes += value.length
            return controller.enqueue(value)
          }
          end(null)
          controller.close()
        } catch (error) {
          end(cutBy(error))
          controller.error(error)
        }
      },
      async cancel(reason) {
        end('caller')
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
