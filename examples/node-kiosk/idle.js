/** Calls back once nobody has touched it for so long; the first touch winds it up. */
export function createIdleTimer(idleMs, onIdle) {
  let timer
  return {
    touch() {
      clearTimeout(timer)
      timer = setTimeout(onIdle, idleMs)
    },
    stop: () => clearTimeout(timer),
  }
}
