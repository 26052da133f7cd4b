/**
 * Takes out of a Markdown text what a renderer could make HTML, pictures or forbidden links of
 * (contract, "Settled points: Texts"). Pure.
 */
import type { Env, StateInline, Token } from 'markdown-it'
import { safeLink } from '../links.js'
import { createParser, isTooDeep } from './parser.js'

/** Renders with and without tables: a bar can end a cell within what the other takes for code. */
const renderers = [
  createParser({ html: true, tables: false }),
  createParser({ html: true, tables: true }),
]

const forbidden = new Set(['html_block', 'html_inline', 'image'])

function isHarmless(token: Token): boolean {
  if (forbidden.has(token.type)) return false
  if (token.type === 'link_open' && !safeLink(String(token.attrGet('href')))) return false
  return (token.children ?? []).every(isHarmless)
}

/**
 * Tells whether a renderer that takes HTML makes neither HTML nor pictures of a text, and only links
 * that may be opened.
 */
function isSafe(markdown: string): boolean {
  if (!/[<[]/.test(markdown)) return true
  return renderers.every((renderer) => {
    const env: Env = {}
    const tokens = renderer.parse(markdown, env)
    const definitions = Object.values(env.references ?? {})
    return (
      !isTooDeep(tokens) &&
      tokens.every(isHarmless) &&
      definitions.every(({ href }) => safeLink(href) !== null)
    )
  })
}

type Range = readonly [start: number, end: number]

/** Replaces a stretch of a text. */
type Edit = { start: number; end: number; text: string }

/** Collects what is found in inline content; `kept` marks the characters that stay as they are. */
type Findings = { content: string; kept: Uint8Array; edits: Edit[] }

function isFindings(value: unknown): value is Findings {
  return typeof value === 'object' && value !== null && 'kept' in value
}

/**
 * Describes a mark that was read: its name, its place, and where its words lie if it has an
 * address.
 */
type Mark = { range: Range; address: string; words: Range }

/** Reduces a link or an image to its words. Line breaks stay, since lines are put back one by one. */
function unwrap({ content, edits }: Findings, { range, words }: Mark): void {
  const breaks = content.slice(words[1], range[1]).replace(/[^\n]/g, '')
  edits.push({ start: range[0], end: words[0], text: '' })
  edits.push({ start: words[1], end: range[1], text: breaks })
}

/** Makes a link of an image: by its words, or by its address when it has none. */
function toLink({ content, kept, edits }: Findings, { range, words, address }: Mark): void {
  const [start, end] = range
  const isNamed = content.slice(...words).trim() !== ''
  kept.fill(1, isNamed ? words[1] : start, end)
  edits.push(isNamed ? { start, end: start + 1, text: '' } : { start, end, text: `<${address}>` })
}

type Note = (findings: Findings, mark: Mark, state: StateInline) => void

/** Decides about the marks that matter, by the names of their rules. */
const notes: Readonly<Record<string, Note>> = {
  backticks({ kept }, { range }) {
    kept.fill(1, ...range)
  },
  autolink({ kept }, { range, address }) {
    if (safeLink(address)) kept.fill(1, ...range)
  },
  link(findings, mark) {
    if (safeLink(mark.address)) findings.kept.fill(1, mark.words[1], mark.range[1])
    else unwrap(findings, mark)
  },
  image(findings, mark, { linkLevel }) {
    const url = safeLink(mark.address)
    const isWritable = url !== null && !/[<>\s]/.test(url)
    if (isWritable && linkLevel === 0) toLink(findings, mark)
    else unwrap(findings, mark)
  },
}

/** Returns the function by which the parser reads a mark. */
function ruleOf(name: string) {
  const { ruler } = createParser({ html: false, tables: false }).inline
  ruler.enableOnly(name)
  const [rule] = ruler.getRules('')
  if (!rule) throw new TypeError(`There is no rule ${name}.`)
  return rule
}

function createObserver() {
  const parser = createParser({ html: false, tables: true })
  for (const [name, note] of Object.entries(notes)) {
    const rule = ruleOf(name)
    parser.inline.ruler.at(name, (state, silent) => {
      const { pos: start, tokens, src, env } = state
      const before = tokens.length
      const isRead = rule(state, silent)
      const findings = env.findings
      // The words of an image are read as a text of their own: they stay or go with the image.
      if (!isRead || silent || !isFindings(findings) || src !== findings.content) return isRead
      const token = tokens.slice(before).find(({ attrs }) => attrs !== null)
      const address = String(token?.attrGet('href') ?? token?.attrGet('src') ?? '')
      const opening = name === 'image' ? start + 1 : start
      const end = parser.helpers.parseLinkLabel(state, opening, name === 'link')
      note(findings, { range: [start, state.pos], address, words: [opening + 1, end] }, state)
      return isRead
    })
  }
  return parser
}

/** Reads a text as one without HTML, and notes what must be changed in it. */
const observer = createObserver()

/**
 * Writes what begins a tag, a comment or an instruction as an entity, outside of code and addresses.
 * A backslash does not do: renderers that link bare addresses may take it for a part of one.
 */
function escapeTags({ content, kept, edits }: Findings): void {
  for (const { 0: found, index } of content.matchAll(/\\[\s\S]|<(?=[a-z/!?])/gi))
    if (found.endsWith('<') && kept[index] === 0)
      edits.push({ start: index, end: index + found.length, text: '&lt;' })
}

function applied({ content, edits }: Findings): string {
  let text = ''
  let at = 0
  for (const { start, end, text: replacement } of edits.sort((a, b) => a.start - b.start)) {
    if (start < at) continue
    text += content.slice(at, start) + replacement
    at = end
  }
  return text + content.slice(at)
}

function editInline(content: string, { references }: Env): string {
  const findings: Findings = { content, kept: new Uint8Array(content.length), edits: [] }
  const env: Env = { ...(references && { references }), findings }
  observer.inline.parse(content, observer, env, [])
  escapeTags(findings)
  return applied(findings)
}

/**
 * Returns a text whose inline contents are edited, each in its own lines; null when one cannot be
 * found there again, such as a cell with an escaped bar.
 */
function edited(markdown: string): string | null {
  const env: Env = {}
  const lines = markdown.split('\n')
  let place: Range = [0, 0]
  let column = 0
  for (const { type, map, content } of observer.parse(markdown, env)) {
    if (map && map[0] !== place[0]) column = 0
    if (map) place = map
    if (type !== 'inline') continue
    const before = content.split('\n')
    const after = editInline(content, env).split('\n')
    for (const [index, line] of before.entries()) {
      const number = place[0] + index
      const whole = lines[number] ?? ''
      const at = whole.indexOf(line, index === 0 ? column : 0)
      const change = after[index]
      if (at < 0 || change === undefined) return null
      lines[number] = whole.slice(0, at) + change + whole.slice(at + line.length)
      column = at + change.length
    }
  }
  return lines.join('\n')
}

const maxRounds = 4

/**
 * Returns a Markdown text that every renderer can be given: the source where it is safe, else with
 * HTML escaped, pictures as links, and other addresses left out. Returns null when that fails.
 */
export function toSafeMarkdown(source: string): string | null {
  let markdown = source
  for (let round = 0; round < maxRounds; round += 1) {
    const mayHoldTags = /<[a-z/!?]/i.test(markdown)
    if (!mayHoldTags && isSafe(markdown)) return markdown
    // Parsers differ in what they take for a tag, so that all are escaped, and not those of one.
    const next = edited(markdown)
    if (next === null) return null
    if (next === markdown) return isSafe(markdown) ? markdown : null
    markdown = next
  }
  return null
}
