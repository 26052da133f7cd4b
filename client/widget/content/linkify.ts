/** Finds what can be opened in a text. Pure; takes time in proportion to the text. */
import { safeLink } from './urls.js'

/** A stretch of a text: with a `url` it is a link. */
export type Stretch = { text: string; url?: string }

/** Lists the scripts that write no blanks between words. */
const withoutBlanks = ['Han', 'Hira', 'Kana', 'Thai', 'Laoo', 'Khmr', 'Mymr', 'Tibt']
const foreignLetters = withoutBlanks.map((script) => `\\p{sc=${script}}`).join('')
/**
 * An address ends at white space, quotes and angle brackets, at punctuation beyond ASCII, which
 * belongs to the sentence, and at letters that may follow without a blank.
 */
const web = `(?:https?:\\/\\/|www\\.)(?:[!#-&(-;=?-_a-~]|[^\\s\\0-\\x7f\\p{P}\\p{C}\\uff00-\\uffef${foreignLetters}])+`
const mail = '[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63})+'
/** International with a plus, or as North America writes it; what is neither may be an order's number. */
const phone = '\\+\\d[\\d ().\\/-]{5,20}\\d|\\(?\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}'
const openable = new RegExp(
  `(?<![\\w@/])(?:(?<web>${web})|(?<mail>${mail})|(?<phone>${phone})(?![\\w-]))`,
  'giu',
)

const closers: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

const count = (text: string, character: string) => text.split(character).length - 1

/**
 * Removes the punctuation of the sentence around an address; a bracket stays when its opening one
 * is inside.
 */
function trimmed(address: string): string {
  const spare: Record<string, number> = {}
  for (const [closer, opener] of Object.entries(closers))
    spare[closer] = count(address, closer) - count(address, opener)
  let end = address.length
  while (end > 0) {
    const last = address.charAt(end - 1)
    const isLoose = last in spare ? (spare[last] ?? 0) > 0 : /[.,:;!?…*_~]/.test(last)
    if (!isLoose) break
    if (last in spare) spare[last] = (spare[last] ?? 0) - 1
    end -= 1
  }
  return address.slice(0, end)
}

function found({ 0: whole, groups = {} }: RegExpMatchArray): Stretch | undefined {
  if (groups.mail) return { text: whole, url: `mailto:${whole}` }
  if (groups.phone) {
    const digits = whole.replace(/\D/g, '')
    if (digits.length < 7 || digits.length > 15) return undefined
    return { text: whole, url: `tel:${whole.startsWith('+') ? '+' : ''}${digits}` }
  }
  const text = trimmed(whole)
  const url = safeLink(/^www/i.test(text) ? `https://${text}` : text)
  return url ? { text, url } : undefined
}

/** Splits a text into stretches, which together are the whole text. */
export function linkify(text: string): Stretch[] {
  const stretches: Stretch[] = []
  let end = 0
  for (const match of text.matchAll(openable)) {
    const link = found(match)
    if (!link) continue
    if (match.index > end) stretches.push({ text: text.slice(end, match.index) })
    stretches.push(link)
    end = match.index + link.text.length
  }
  if (end < text.length) stretches.push({ text: text.slice(end) })
  return stretches
}
