/** Remembers the calls of all visitors, so that the report can tell the history of what went wrong. */
import type { Answer, Call } from '../call.js'
import { addressOf } from '../call.js'
import { type Finding, isExplained, type LossWindow, type VisitorRecord } from './verdict.js'

/** Is one call: its time and duration in milliseconds, its gateway's port, the fault at its beginning. */
type TracedCall = {
  at: number
  ms: number
  endpoint: string
  id: unknown
  port: string
  outcome: string
  fault: string
}

/** Bounds the number of errors whose history is told. */
const maxHistories = 20

/** Creates the trace; `fault` returns the name of the present fault. */
export function createTrace(fault: () => string) {
  const beganAt = Date.now()
  const calls = new Map<string, TracedCall[]>()

  function lineOf({ at, ms, endpoint, id, port, outcome, fault }: TracedCall): string {
    return `  ${at} ms +${ms}: ${endpoint} ${id ?? ''} at ${port}: ${outcome} (${fault})`
  }

  const callsOf = (visitor: number) => calls.get(addressOf(visitor)) ?? []

  return {
    /** Makes a call, and remembers it. */
    async note(url: string, call: Call, work: () => Promise<Answer>): Promise<Answer> {
      const { endpoint, address = '', body } = call
      const at = Date.now() - beganAt
      const during = fault()
      const answer = await work()
      const again = answer.body.duplicate ? ' duplicate' : ''
      const traced = {
        at,
        ms: Math.round(answer.ms),
        endpoint,
        id: body && 'id' in body ? body.id : undefined,
        port: new URL(url).port,
        outcome: `${answer.status} ${answer.code ?? 'good'}${again}`,
        fault: during,
      }
      calls.set(address, [...(calls.get(address) ?? []), traced])
      return answer
    },

    /**
     * Tells the history of messages that were lost or doubled, and of sessions that ended although
     * Redis had not lost them.
     */
    histories(
      findings: readonly Finding[],
      records: readonly VisitorRecord[],
      windows: readonly LossWindow[],
    ): string[] {
      const messages = findings.map(({ visitor, id, what, storedAt }) => [
        `visitor ${visitor}, message ${id}: ${what}; Salesforce stored it at ${storedAt.map((at) => at - beganAt).join(', ')} ms`,
        ...callsOf(visitor)
          .filter((call) => call.id === id)
          .map(lineOf),
      ])
      const sessions = records
        .filter(({ losses }) =>
          losses.some((loss) => loss.what === 'session' && !isExplained(loss, windows)),
        )
        .map(({ index }) => [
          `visitor ${index}: the session ended`,
          ...callsOf(index)
            .filter(({ endpoint }) => endpoint === 'auth')
            .map(lineOf),
        ])
      return [...messages, ...sessions].slice(0, maxHistories).flat()
    },
  }
}
