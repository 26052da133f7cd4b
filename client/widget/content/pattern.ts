/**
 * Checks texts against regular expressions that come from Salesforce. Such an expression never runs
 * in the browser's own engine, where one with nested quantifiers stops the page: all ways to read
 * the text are followed side by side, so the time grows with the product of both lengths. Pure.
 */

type Step =
  /** Takes one character. */
  | { kind: 'character'; fits: (character: string) => boolean }
  /** Takes nothing, and goes on at each of these distances. */
  | { kind: 'jump'; by: number[] }
  /** Takes nothing, and goes on at the beginning or the end of the text only. */
  | { kind: 'border'; isStart: boolean }

/** Holds the steps of a part of an expression: what walks past the last one has matched it. */
type Part = Step[]

/** Bounds the length of an expression, in characters. */
const longestPattern = 1000
/** Bounds the steps of an expression: counted parts are copied. */
const maxSteps = 1000
/** Bounds the work of one check, in steps times characters. */
const maxWork = 50_000
/** Bounds the groups within groups. */
const maxDepth = 50

/** Is thrown for what cannot be followed. */
const unreadable = new SyntaxError()

const jump = (...by: number[]): Step => ({ kind: 'jump', by })

function limited(part: Part): Part {
  if (part.length > maxSteps) throw unreadable
  return part
}

function oneOf(parts: readonly Part[]): Part {
  const starts: number[] = []
  let end = 1
  for (const part of parts) {
    starts.push(end)
    end += part.length + 1
  }
  const leaving = parts.flatMap((part, index) => {
    const leave = (starts[index] ?? 0) + part.length
    return [...part, jump(end - leave)]
  })
  return limited([jump(...starts), ...leaving])
}

const optional = (part: Part): Part => [jump(1, part.length + 1), ...part]

const endless = (part: Part): Part => [...optional(part), jump(-part.length, 1)]

function repeated(part: Part, min: number, max: number): Part {
  const isEndless = max === Number.POSITIVE_INFINITY
  const more = isEndless ? 1 : max - min
  const steps = min * part.length + more * (part.length + 2)
  if (more < 0 || steps > maxSteps) throw unreadable
  const copies = (count: number, copy: Part) => new Array<Part>(count).fill(copy).flat()
  return [...copies(min, part), ...(isEndless ? endless(part) : copies(more, optional(part)))]
}

const tokens = {
  set: /\[(?:\\.|[^\]\\])*\]/sy,
  /** An escape that is one character or a class of them: no border, reference or property. */
  escape: /\\(?:[dDsSwWtnrfv]|x[\da-fA-F]{2}|u[\da-fA-F]{4}|[^\w\s])/y,
  anything: /\./y,
  plain: /[^\\^$.*+?()[{|]/y,
  border: /[$^]/y,
  opening: /\((?:\?:)?(?!\?)/y,
  closing: /\)/y,
  bar: /\|/y,
  count: /(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})\??/y,
}

/** Takes one character by an expression that cannot take more. */
function characterStep(source: string): Step {
  const expression = new RegExp(`^${source}$`)
  return { kind: 'character', fits: (character) => expression.test(character) }
}

/**
 * Reads an expression as JavaScript does without flags.
 * @throws {SyntaxError} where it cannot be followed: it looks around, refers back, or is too long
 */
function readPattern(source: string): Part {
  if (source.length > longestPattern) throw unreadable
  let at = 0
  let depth = 0

  function take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = at
    const found = expression.exec(source)
    if (found) at += found[0].length
    return found
  }

  function readGroup(): Part {
    depth += 1
    if (depth > maxDepth) throw unreadable
    const part = readAlternatives()
    if (!take(tokens.closing)) throw unreadable
    depth -= 1
    return part
  }

  function readAtom(): Part {
    if (take(tokens.opening)) return readGroup()
    const plain = take(tokens.plain)?.[0]
    if (plain) return [{ kind: 'character', fits: (character) => character === plain }]
    const kind = take(tokens.set) ?? take(tokens.escape) ?? take(tokens.anything)
    if (!kind) throw unreadable
    return [characterStep(kind[0])]
  }

  function readRepeated(): Part {
    const part = readAtom()
    const count = take(tokens.count)
    if (!count) return part
    const [, symbol, min = symbol === '+' ? '1' : '0', comma, max] = count
    const most = comma || symbol === '*' || symbol === '+' ? Number.POSITIVE_INFINITY : min
    return repeated(part, Number(min), Number(symbol === '?' ? 1 : (max ?? most)))
  }

  function readSequence(): Part {
    const part: Part = []
    while (at < source.length && !/[|)]/.test(source.charAt(at))) {
      const border = take(tokens.border)?.[0]
      part.push(
        ...(border ? [{ kind: 'border', isStart: border === '^' } as const] : readRepeated()),
      )
      limited(part)
    }
    return part
  }

  function readAlternatives(): Part {
    const parts = [readSequence()]
    while (take(tokens.bar)) parts.push(readSequence())
    return parts.length > 1 ? oneOf(parts) : parts.flat()
  }

  const whole = readAlternatives()
  if (at < source.length) throw unreadable
  return whole
}

/** Tells whether the steps can take the whole text. */
function follow(steps: Part, text: string): boolean {
  /** Holds for each place the round in which it was reached last. */
  const rounds = new Int32Array(steps.length + 1)
  let next = [0]
  for (let at = 0; ; at += 1) {
    const reached: number[] = []
    const reach = (place: number) => {
      if (rounds[place] === at + 1) return
      rounds[place] = at + 1
      reached.push(place)
    }
    next.forEach(reach)
    next = []
    const isAtEnd = at === text.length
    const character = text.charAt(at)
    // The list grows while it is walked through.
    for (const place of reached) {
      const step = steps[place]
      if (step?.kind === 'jump') for (const by of step.by) reach(place + by)
      else if (step?.kind === 'border') (step.isStart ? at === 0 : isAtEnd) && reach(place + 1)
      else if (step && !isAtEnd && step.fits(character)) next.push(place + 1)
    }
    if (isAtEnd || next.length === 0) return isAtEnd && rounds[steps.length] === at + 1
  }
}

/**
 * Tells whether the whole text fits an expression. One that cannot be followed in bounded time is
 * left to Salesforce: every text fits it.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  try {
    const steps = readPattern(pattern)
    return steps.length * text.length > maxWork || follow(steps, text)
  } catch {
    return true
  }
}
