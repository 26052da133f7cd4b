/** Sets the clock of a child process `CLOCK_AHEAD_MS` ahead, or behind when that is negative. */
import process from 'node:process'

const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0)
if (aheadMs !== 0) {
  const TrueDate = Date
  const now = () => TrueDate.now() + aheadMs
  globalThis.Date = new Proxy(
    class extends TrueDate {
      static now = now
    },
    {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    },
  )
}
