/** The longest text that the gateway takes, in characters as people count them. */
const longest = 4000
const countedFrom = 200

/** Measures a draft. */
export function measure(draft: string): { isEmpty: boolean; left: number; isCounted: boolean } {
  const length = [...draft.trim()].length
  const left = longest - length
  return { isEmpty: length === 0, left, isCounted: left < countedFrom }
}

/**
 * Tells the key that sends: Enter alone, and not the one that ends a composition (229 in old
 * Safari).
 */
export function isSendKey(event: {
  key: string
  keyCode: number
  shiftKey: boolean
  isComposing: boolean
}): boolean {
  const { key, keyCode, shiftKey, isComposing } = event
  return key === 'Enter' && !shiftKey && !isComposing && keyCode !== 229
}
