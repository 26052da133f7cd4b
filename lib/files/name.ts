/** The name under which a file is passed on. Pure. */

const maxLength = 255

/** Control characters, invisible ones that turn the reading direction, halves of characters. */
const unreadable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

function endingOf(name: string): string {
  return /\.([^.\s]{1,20})$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** So many characters of a text, never half of one. */
function cut(text: string, length: number): string {
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > length) break
    kept += character
  }
  return kept
}

/**
 * A name without path, control characters and leading dots, at most 255 long, that ends as its kind
 * of file does: `evil.html` with the bytes of a picture becomes `evil.html.png`.
 */
export function cleanName(given: string, endings: readonly string[]): string {
  const visible = given.normalize('NFC').replace(unreadable, '')
  const last = visible.split(/[\\/]/).at(-1) ?? ''
  const bare = last.replace(/^[\s.]+|[\s.]+$/g, '')
  const name = bare === '' ? 'file' : bare
  const ending = endingOf(name)
  const isFitting = endings.includes(ending)
  const stem = isFitting ? name.slice(0, -ending.length - 1) : name
  const suffix = `.${isFitting ? name.slice(-ending.length) : (endings[0] ?? 'bin')}`
  return `${cut(stem, maxLength - suffix.length) || 'file'}${suffix}`
}
