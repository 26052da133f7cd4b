/**
 * Reads the marks within a paragraph as CommonMark defines them, but for HTML and pictures, which
 * stay text. Pure.
 */

/** A stretch of text, or a mark around others. Line breaks are U+000A. */
export type Inline =
  | string
  | { kind: 'em' | 'strong'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; children: Inline[] }

/** Holds the addresses that a text defines, by their labels. */
export type Definitions = ReadonlyMap<string, string>

/** Returns a label in the form in which labels are compared. */
export const labelOf = (written: string) => written.trim().replace(/\s+/g, ' ').toLowerCase()

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' },
  ...{ hellip: '…', mdash: '—', ndash: '–', bull: '•', middot: '·', euro: '€', times: '×' },
  ...{ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', copy: '©', reg: '®', trade: '™' },
}

const escapes = /\\([!-/:-@[-`{-~])|&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi

function characterOf(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

/** Returns a text with its backslash escapes and entities resolved; unknown entities stay. */
function unescaped(written: string): string {
  return written.replace(escapes, (whole, escaped, hex, decimal, name) => {
    if (escaped) return escaped
    if (name) return entities[name] ?? whole
    return characterOf(Number.parseInt(hex ?? decimal, hex ? 16 : 10))
  })
}

/** Returns an address as a text names it, with its escapes resolved. */
export const addressOf = (written: string) => unescaped(written.replace(/^<(.*)>$/, '$1'))

/** A piece of a paragraph; of marks of emphasis, `count` are not paired yet. */
type Piece = {
  content: Inline
  mark: string
  count: number
  length: number
  opens: boolean
  closes: boolean
}

function pieceOf(content: Inline): Piece {
  return { content, mark: '', count: 0, length: 0, opens: false, closes: false }
}

function flatten(pieces: readonly Piece[]): Inline[] {
  const flat: Inline[] = []
  for (const { content, mark, count } of pieces) {
    const next = mark ? mark.repeat(count) : content
    const last = flat.at(-1)
    if (typeof next === 'string' && typeof last === 'string') flat[flat.length - 1] = last + next
    else if (next !== '') flat.push(next)
  }
  return flat
}

function fits(opener: Piece | undefined, closer: Piece): boolean {
  if (!opener?.opens || opener.mark !== closer.mark || opener.count === 0) return false
  const isInner = opener.closes || closer.opens
  const sum = opener.length + closer.length
  return !isInner || sum % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0)
}

/** Pairs marks of emphasis, as CommonMark's "process emphasis" does. */
function paired(pieces: Piece[]): Inline[] {
  /** Places below which a kind of closing mark finds no opening one. */
  const bottoms = new Map<string, number>()
  let at = 0
  while (at < pieces.length) {
    const closer = pieces[at]
    if (!closer?.closes || closer.count === 0) {
      at += 1
      continue
    }
    const key = `${closer.mark}${closer.opens}${closer.length % 3}`
    const bottom = bottoms.get(key) ?? 0
    let from = at - 1
    while (from >= bottom && !fits(pieces[from], closer)) from -= 1
    const opener = from < bottom ? undefined : pieces[from]
    if (!opener) {
      bottoms.set(key, at)
      at += 1
      continue
    }
    const count = Math.min(opener.count, closer.count, 2)
    const children = flatten(pieces.slice(from + 1, at))
    const kind = count === 2 ? 'strong' : 'em'
    pieces.splice(from + 1, at - from - 1, pieceOf({ kind, children }))
    opener.count -= count
    closer.count -= count
    at = from + 2
    for (const [each, place] of bottoms) if (place > from + 1) bottoms.set(each, from + 1)
  }
  return flatten(pieces)
}

const isBlank = (character: string) => /^\s?$/.test(character)
const isPunctuation = (character: string) => /[\p{P}\p{S}]/u.test(character)

/** Returns a run of `*` or `_` with what it may do, by the characters around it. */
function emphasisOf(text: string, run: string, start: number): Piece {
  const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? ''
  const [after = ''] = text.slice(start + run.length, start + run.length + 2)
  const isBeforeWord =
    !isBlank(after) && (!isPunctuation(after) || !/[^\s\p{P}\p{S}]/u.test(before))
  const isBehindWord =
    !isBlank(before) && (!isPunctuation(before) || !/[^\s\p{P}\p{S}]/u.test(after))
  const isStar = run.startsWith('*')
  return {
    ...{ content: '', mark: run.charAt(0), count: run.length, length: run.length },
    opens: isBeforeWord && (isStar || !isBehindWord || isPunctuation(before)),
    closes: isBehindWord && (isStar || !isBeforeWord || isPunctuation(after)),
  }
}

const bareAddress = '(?:\\\\.|[^\\s()\\\\]|\\((?:\\\\.|[^\\s()\\\\])*\\))*'
const title = '"(?:\\\\[^]|[^"\\\\])*"|\'(?:\\\\[^]|[^\'\\\\])*\'|\\((?:\\\\[^]|[^()\\\\])*\\)'
const target = new RegExp(
  `\\(\\s{0,9}(<(?:\\\\.|[^<>\\\\\\n])*>|(?!<)${bareAddress})(?:\\s{1,9}(?:${title}))?\\s{0,9}\\)`,
  'y',
)
const reference = /\[((?:\\.|[^\\[\]])*)\]/y
const plain = /[^\\`*_[\]<&\n ]+| +/y
const ticks = /`+/y
const run = /\*+|_+/y
const web = /<([a-z][a-z\d+.-]{1,31}:[^\s<>]*)>/iy
const mail = /<([\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(?:\.[a-z\d-]+)*)>/iy
const escaped = new RegExp(escapes.source, 'iy')
const lineBreak = /\\?\n */y

/** Reads inline marks of one paragraph. */
export function readInline(text: string, definitions: Definitions): Inline[] {
  let at = 0
  const pieces: Piece[] = []
  /** Opening brackets: their place among the pieces and in the text. */
  const openers: { piece: number; start: number }[] = []
  /** Lengths of runs of backticks that nothing closes. */
  const unclosed = new Set<number>()

  /** Reads a pattern at the current place, and moves behind it. */
  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at += found[0].length
    return found
  }

  function takeCode(): boolean {
    const [opening = ''] = take(ticks) ?? []
    if (!opening) return false
    const closing = new RegExp(`(?<!\`)${opening}(?!\`)`, 'g')
    closing.lastIndex = at
    const end = unclosed.has(opening.length) ? null : closing.exec(text)
    if (end) {
      const code = text.slice(at, end.index).replaceAll('\n', ' ')
      const isPadded = /^ .* $/s.test(code) && code.trim() !== ''
      pieces.push(pieceOf({ kind: 'code', text: isPadded ? code.slice(1, -1) : code }))
      at = end.index + opening.length
    } else {
      unclosed.add(opening.length)
      pieces.push(pieceOf(opening))
    }
    return true
  }

  /** Returns the address behind a closing bracket, and moves behind it. */
  function takeTarget(words: string): string | undefined {
    const inline = take(target)
    if (inline) return addressOf(inline[1] ?? '')
    const start = at
    const label = take(reference)?.[1] || words
    const url = label.length < 1000 ? definitions.get(labelOf(label)) : undefined
    if (url === undefined) at = start
    return url
  }

  function takeBracket(): boolean {
    const bracket = text.charAt(at)
    if (bracket !== '[' && bracket !== ']') return false
    at += 1
    const opener = bracket === ']' ? openers.pop() : undefined
    const url = opener && takeTarget(text.slice(opener.start, at - 1))
    if (opener && url !== undefined) {
      const children = paired(pieces.splice(opener.piece).slice(1))
      pieces.push(pieceOf({ kind: 'link', url, children }))
      // A link lies in no other link.
      openers.length = 0
      return true
    }
    if (bracket === '[') openers.push({ piece: pieces.length, start: at })
    pieces.push(pieceOf(bracket))
    return true
  }

  function takeAddress(): boolean {
    const url = take(web)?.[1]
    const address = url ? undefined : take(mail)?.[1]
    if (!url && !address) return false
    const words = url ?? address ?? ''
    pieces.push(pieceOf({ kind: 'link', url: url ?? `mailto:${words}`, children: [words] }))
    return true
  }

  function takeText(): void {
    const start = at
    const marks = take(run)?.[0]
    if (marks) pieces.push(emphasisOf(text, marks, start))
    else if (take(lineBreak)) pieces.push(pieceOf('\n'))
    else {
      const written = (take(escaped) ?? take(plain))?.[0] ?? text.charAt(at++)
      const isAtEnd = /^ +$/.test(written) && /^(?:\n|$)/.test(text.slice(at, at + 1))
      if (!isAtEnd) pieces.push(pieceOf(unescaped(written)))
    }
  }

  while (at < text.length) if (!takeCode() && !takeBracket() && !takeAddress()) takeText()
  return paired(pieces)
}
