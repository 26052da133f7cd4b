/** Returns what `work` returns, or what `instead` does where the browser lacks or refuses a part of it. */
export function attempt<T>(work: () => T, instead: () => T): T {
  try {
    return work()
  } catch {
    return instead()
  }
}
