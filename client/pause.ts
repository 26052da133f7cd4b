/** How long to wait; `isHeld` when the server named the time, which nothing shortens. */
export type Pause = { ms: number; isHeld?: boolean }

export type Pauser = ReturnType<typeof createPauser>

/** Waits until the time is over, or until something has changed. */
export function createPauser() {
  let end = () => {}
  return {
    wake: () => end(),
    pause({ ms, isHeld }: Pause): Promise<void> {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms)
        end = () => {
          if (isHeld) return
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
