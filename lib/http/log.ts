/** The one structured line per request: no message text, no token, no address. */
import type { RequestScope } from '../request.js'
import type { Cut } from './streamed-body.js'

/** Describes the kind of a failure and where it happened. */
type Frames = { name: string; stack: readonly string[] }

export type RequestLine = {
  requestId: string
  endpoint: string
  method: string
  status: number
  code?: string
  ms: number
  redis: RequestScope['spent']['redis']
  salesforce: RequestScope['spent']['salesforce']
  /** Names kind and place of an unexpected failure, without its message. */
  error?: Frames
  /** Holds bytes of a body that was passed on as it came, and what cut it. */
  bytes?: number
  cut?: Cut
  /** Holds sentences that were written for the log. */
  note?: string
}

function rounded({ ms, requests }: RequestLine['redis']) {
  return { ms: Math.round(ms * 10) / 10, requests }
}

/** Tells that a request failed through no fault of its caller. */
function isFailure({ status, cut }: RequestLine): boolean {
  return status >= 500 || cut === 'idle' || cut === 'upstream'
}

/** Writes the line; failures of ours to the error stream. */
export function logRequest(line: RequestLine): void {
  const { redis, salesforce, ms, ...rest } = line
  const isOurs = isFailure(line)
  const entry = {
    time: new Date().toISOString(),
    level: isOurs ? 'error' : 'info',
    ...rest,
    ms: Math.round(ms * 10) / 10,
    redis: rounded(redis),
    salesforce: rounded(salesforce),
  }
  const write = isOurs ? console.error : console.log
  write(JSON.stringify(entry))
}

/** Returns the frames of a stack without the message, which may repeat values. */
export function framesOf(error: unknown): Frames {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { name: error.name, stack: frames.slice(0, 8).map((frame) => frame.trim()) }
}
