/** Cleans the name under which a file is passed on. Pure. */

const maxLength = 255

/**
 * Matches control characters, invisible ones that turn the reading direction, halves of characters.
 */
const unreadable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

function endingOf(name: string): string {
  return /\.([^.\s]{1,20})$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** Returns at most so many characters of a text, never half of one. */
function cut(text: string, length: number): string {
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > length) break
    kept += character
  }
  return kept
}

/**
 * Returns a name without blanks and dots at its ends. A regular expression that looks for them at
 * the end would try each run of them inside the name as well, in quadratic time.
 */
function trimBlanksAndDots(name: string): string {
  const isTrimmed = (index: number) => /[\s.]/.test(name.charAt(index))
  let [start, end] = [0, name.length]
  while (start < end && isTrimmed(start)) start += 1
  while (end > start && isTrimmed(end - 1)) end -= 1
  return name.slice(start, end)
}

/**
 * Returns a name without path, control characters and leading dots, at most 255 long, that ends as
 * its kind of file does: `evil.html` with the bytes of a picture becomes `evil.html.png`.
 */
export function cleanName(given: string, endings: readonly string[]): string {
  const visible = given.normalize('NFC').replace(unreadable, '')
  const last = visible.split(/[\\/]/).at(-1) ?? ''
  const bare = trimBlanksAndDots(last)
  const name = bare === '' ? 'file' : bare
  const ending = endingOf(name)
  const isFitting = endings.includes(ending)
  const stem = isFitting ? name.slice(0, -ending.length - 1) : name
  const suffix = `.${isFitting ? name.slice(-ending.length) : (endings[0] ?? 'bin')}`
  return `${cut(stem, maxLength - suffix.length) || 'file'}${suffix}`
}
