/**
 * Tells the time that all processes of the gateway share, which is Redis'. The clocks of the machines
 * that they run on may differ by minutes: a moment that one process writes and another one reads is
 * therefore never a bare `Date.now()`. Each process learns from answers of Redis how far its own
 * clock is off, at no cost but one command a minute.
 */

/** Sets the milliseconds after which a process asks Redis for the time again. */
const freshMs = 60_000
/** Sets the milliseconds before a question that was not answered is repeated. */
const askAgainMs = 1000
/** Sets the milliseconds between two questions that a call has to wait for. */
const ensureAgainMs = 300_000
/** Sets the milliseconds by which the clock of a process may jump before Redis is asked again. */
const maxJumpMs = 1000
/** Sets the milliseconds by which two clocks may drift apart in one millisecond. */
const maxDrift = 0.0005
/**
 * Sets the milliseconds by which clocks are assumed to differ where Redis' time is not known yet.
 */
export const maxSkewMs = 600_000

/** Bounds of "Redis' time minus ours", in milliseconds, and how they were found. */
type Reading = { least: number; most: number; readAt: number; jumpsFrom: number }

export type Clock = ReturnType<typeof createClock>

/** Grows by as much as the clock of this process is set forward. */
function ownOffset(): number {
  return Date.now() - performance.now()
}

/** Creates the clock of a process, which goes by its own until Redis' time is known. */
export function createClock() {
  let reading: Reading | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  let ensuredAt = Number.NEGATIVE_INFINITY
  let ensuring: Promise<void> = Promise.resolve()

  const hasJumped = ({ jumpsFrom }: Reading) => Math.abs(ownOffset() - jumpsFrom) > maxJumpMs

  /** Returns the bounds as they are now, when the clocks may have drifted apart. */
  function boundsOf({ least, most, readAt }: Reading) {
    const drift = (performance.now() - readAt) * maxDrift
    return { least: least - drift, most: most + drift }
  }

  /** Tells whether Redis' time is known, and that the clock of this process was not set since. */
  function isCertain(): boolean {
    return reading !== null && !hasJumped(reading)
  }

  function isDue(): boolean {
    return !reading || hasJumped(reading) || performance.now() - reading.readAt > freshMs
  }

  return {
    isCertain,

    /** Returns the shared time, epoch milliseconds: as near as an answer of Redis tells it. */
    now(): number {
      return Date.now() + (reading ? Math.round((reading.least + reading.most) / 2) : 0)
    },

    /** Returns a moment that is certainly not after the shared time. */
    earliest(): number {
      return Date.now() + (reading ? Math.floor(boundsOf(reading).least) : 0)
    },

    /** Returns a moment that is certainly not before the shared time. */
    latest(): number {
      return Date.now() + (reading ? Math.ceil(boundsOf(reading).most) : 0)
    },

    /** Tells whether the next request to Redis is to ask for the time, and notes that it does. */
    ask(): boolean {
      if (!isDue() || performance.now() - askedAt < askAgainMs) return false
      askedAt = performance.now()
      return true
    },

    /**
     * Learns Redis' time from an answer that has just arrived, and from the answers before it.
     * @param sentAt the moment of the question, by the clock of this process
     */
    learn(sentAt: number, redisTime: number): void {
      const receivedAt = Date.now()
      if (receivedAt < sentAt) return
      // The clock of this process tells whole milliseconds.
      const measured = { least: redisTime - receivedAt - 1, most: redisTime - sentAt }
      const known = reading && !hasJumped(reading) ? boundsOf(reading) : measured
      const least = Math.max(measured.least, known.least)
      const most = Math.min(measured.most, known.most)
      const bounds = least <= most ? { least, most } : measured
      reading = { ...bounds, readAt: performance.now(), jumpsFrom: ownOffset() }
    },

    /**
     * Asks for the time now, where it is not known. However many callers want that, it happens once
     * in five minutes.
     */
    async ensure(ask: () => Promise<void>): Promise<void> {
      if (isCertain()) return
      if (performance.now() - ensuredAt >= ensureAgainMs) {
        ensuredAt = performance.now()
        ensuring = ask()
      }
      await ensuring
    },
  }
}
