/**
 * Returns a function that tells the milliseconds of processor time since then. Other processes do
 * not add to it, so that a busy machine is no slower by this clock.
 */
export function startCpuClock(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
}

/** Returns the milliseconds of processor time that some work takes. */
export async function cpuMillisecondsOf(work: () => unknown): Promise<number> {
  const takenMs = startCpuClock()
  await work()
  return takenMs()
}
