/** Runs faults while visitors chat: one kind after the other, with calm in between. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults, type FaultTargets, type ScheduledFault } from './faults.js'

type Options = FaultTargets & {
  /** Runs the eviction of keys, and no other fault. */
  evicts: boolean
  /** Is called with the name of each fault that begins. */
  onFault(name: string): void
}

const usualRepeatEveryMs = 100

export function createFaultSchedule({ evicts, onFault, ...targets }: Options) {
  const controls = createFaults(targets)
  const faults = evicts ? [controls.eviction] : controls.faults
  let present: string | null = null

  async function runFault(fault: ScheduledFault, until: number): Promise<void> {
    const { name, begin, repeat, end, repeatEveryMs = usualRepeatEveryMs } = fault
    onFault(name)
    present = name
    await begin?.()
    do {
      await Promise.all([controls.loseSendAnswer(), repeat?.()])
      await sleep(Math.min(repeatEveryMs, Math.max(0, until - Date.now())))
    } while (Date.now() < until)
    await controls.clear()
    await end?.()
    present = null
  }

  return {
    /** Returns `faulty` while a fault is active, `calm` otherwise. */
    phase: (): 'calm' | 'faulty' => (present === null ? 'calm' : 'faulty'),
    /** Returns the name of the active fault, or `calm`. */
    present: () => present ?? 'calm',
    names: faults.map(({ name }) => name),
    lossWindows: controls.lossWindows,
    /** Runs each fault once within this time, each after a calm of the same length. */
    async run(withinMs: number): Promise<void> {
      const turnMs = withinMs / faults.length / 2
      const beganAt = Date.now()
      for (const [index, scheduled] of faults.entries()) {
        const nextAt = beganAt + (2 * index + 1) * turnMs
        await sleep(Math.max(0, nextAt - Date.now()))
        await runFault(scheduled, nextAt + turnMs)
      }
      await controls.untilRestarted()
    },
  }
}
