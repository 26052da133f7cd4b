/**
 * Reports the CPU time and the memory of this process whenever its parent asks, and the CPU profile
 * between two questions. The child loads it by `--import`. Memory is read after a collection of
 * garbage.
 */
import { Session } from 'node:inspector/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects garbage, in a process that was not started with `--expose-gc`. */
function collectGarbage() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Profiles this thread alone: the loader of TypeScript has one of its own. */
const session = new Session()

async function startProfile() {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  process.send?.({ isProfiling: true })
}

async function endProfile() {
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  process.send?.({ profile })
}

process.on('message', (message) => {
  if (message === 'start profile') void startProfile()
  if (message === 'end profile') void endProfile()
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMs: (user + system) / 1000 })
  }
  if (message === 'memory') {
    collectGarbage()
    const { rss, heapUsed } = process.memoryUsage()
    process.send?.({ rss, heapUsed })
  }
})
process.channel?.unref()
