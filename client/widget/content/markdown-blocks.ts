/**
 * Reads a Markdown text into blocks as CommonMark defines them, with tables and without HTML. Pure.
 */
import { addressOf, type Definitions, labelOf } from './markdown-inline.js'
import {
  type Container,
  cellsOf,
  createContainer,
  fence,
  heading,
  indented,
  interrupts,
  isBlank,
  isDivider,
  item,
  lazyMark,
  quote,
  rule,
  titleOf,
  underline,
} from './markdown-lines.js'

/** A block; `text` and `rows` hold inline marks, but for code. */
export type Block =
  | { kind: 'paragraph' | 'heading' | 'code'; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; start?: number; items: Block[][] }
  | { kind: 'table'; rows: string[][] }
  | { kind: 'rule' }

const definition =
  /^ {0,3}\[((?:\\.|[^\\[\]])+)\]: *(<[^<>]*>|[^<\s]\S*)(?: +(?:"[^"]*"|'[^']*'|\([^()]*\)))? *$/

/** Gateways send texts of at most 20 levels. */
const maxDepth = 24

/** Returns the place of the next line that is not blank. */
function nextWritten(lines: readonly string[], start: number): number {
  const found = lines.findIndex((line, index) => index > start && !isBlank(line))
  return found < 0 ? lines.length : found
}

/** Reads blocks of lines, from `maxDepth` levels on as paragraphs. */
function createReader(definitions: Map<string, string>) {
  function readFence(lines: readonly string[], start: number): [Block, number] {
    const [, indent = '', mark = ''] = fence.exec(lines[start] ?? '') ?? []
    const closing = new RegExp(`^ {0,3}${mark.charAt(0)}{${mark.length},} *$`)
    const margin = new RegExp(`^ {0,${indent.length}}`)
    const found = lines.findIndex((line, index) => index > start && closing.test(line))
    const end = found < 0 ? lines.length : found
    const text = lines.slice(start + 1, end).map((line) => line.replace(margin, ''))
    return [{ kind: 'code', text: text.join('\n') }, end + 1]
  }

  function readIndented(lines: readonly string[], start: number): [Block, number] {
    let end = start
    for (let at = start; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      if (indented.test(line)) end = at + 1
      else if (!isBlank(line)) break
    }
    const text = lines.slice(start, end).map((line) => line.slice(4))
    return [{ kind: 'code', text: text.join('\n') }, end]
  }

  function readQuote(lines: readonly string[], start: number, depth: number): [Block, number] {
    const inner = createContainer()
    let at = start
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      if (quote.test(line)) inner.push(line.replace(quote, ''))
      else if (!inner.pushLazily(line)) break
    }
    return [{ kind: 'quote', blocks: readBlocks(inner.lines, depth + 1) }, at]
  }

  /** Reads the lines of one item behind its mark; `width`: how far they are indented. */
  function fillItem(
    inner: Container,
    lines: readonly string[],
    start: number,
    width: number,
  ): number {
    let at = start
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      const isInside = isBlank(line.slice(0, width)) && !isBlank(line)
      if (isInside) inner.push(line.slice(width))
      else if (isBlank(line)) {
        // An item may begin with one blank line at most.
        if (inner.lines.every(isBlank)) return nextWritten(lines, at)
        inner.push('')
      } else if (!inner.pushLazily(line)) break
    }
    return at
  }

  function readList(lines: readonly string[], start: number, depth: number): [Block, number] {
    const [, , kind, number, ending] = item.exec(lines[start] ?? '') ?? []
    const items: Block[][] = []
    let at = start
    while (at < lines.length) {
      const line = lines[at] ?? ''
      const [whole, , bullet, , closing] = item.exec(line) ?? []
      if (whole === undefined || bullet !== kind || closing !== ending || rule.test(line)) break
      const mark = whole.trimEnd().length
      const gap = whole.length - mark
      const width = mark + (gap > 4 || gap === 0 || isBlank(line.slice(mark)) ? 1 : gap)
      const inner = createContainer()
      inner.push(line.slice(width))
      at = fillItem(inner, lines, at + 1, width)
      items.push(readBlocks(inner.lines, depth + 1))
    }
    return [{ kind: 'list', ...(number && { start: Number(number) }), items }, at]
  }

  function readTable(lines: readonly string[], start: number): [Block, number] | undefined {
    const head = lines[start] ?? ''
    const columns = cellsOf(head).length
    if (!head.includes('|') || !isDivider(lines[start + 1] ?? '', columns)) return undefined
    const rows = [cellsOf(head)]
    let at = start + 2
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      if (isBlank(line) || [indented, item].some((start) => start.test(line)) || interrupts(line))
        break
      const cells = cellsOf(line)
      rows.push(new Array(columns).fill('').map((_, column) => cells[column] ?? ''))
    }
    return [{ kind: 'table', rows }, at]
  }

  function readParagraph(lines: readonly string[], start: number): [Block | undefined, number] {
    const text: string[] = []
    let at = start
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      const [, label, url] = text.length === 0 ? (definition.exec(line) ?? []) : []
      if (label !== undefined && url !== undefined) {
        const name = labelOf(label)
        if (!definitions.has(name)) definitions.set(name, addressOf(url))
        continue
      }
      const isBegun = text.length > 0
      if (isBegun && underline.test(line))
        return [{ kind: 'heading', text: text.join('\n').trim() }, at + 1]
      if (isBlank(line) || (isBegun && (interrupts(line) || readTable(lines, at)))) break
      text.push(line.trimStart().replaceAll(lazyMark, ''))
    }
    return [text.length === 0 ? undefined : { kind: 'paragraph', text: text.join('\n') }, at]
  }

  function readBlock(
    lines: readonly string[],
    at: number,
    depth: number,
  ): [Block | undefined, number] {
    const line = lines[at] ?? ''
    if (heading.test(line)) return [{ kind: 'heading', text: titleOf(line) }, at + 1]
    if (fence.test(line)) return readFence(lines, at)
    if (rule.test(line)) return [{ kind: 'rule' }, at + 1]
    if (indented.test(line)) return readIndented(lines, at)
    if (depth < maxDepth && quote.test(line)) return readQuote(lines, at, depth)
    if (depth < maxDepth && item.test(line)) return readList(lines, at, depth)
    return readTable(lines, at) ?? readParagraph(lines, at)
  }

  function readBlocks(lines: readonly string[], depth: number): Block[] {
    const blocks: Block[] = []
    let at = 0
    while (at < lines.length) {
      if (isBlank(lines[at] ?? '')) {
        at += 1
        continue
      }
      const [block, next] = readBlock(lines, at, depth)
      if (block) blocks.push(block)
      at = Math.max(next, at + 1)
    }
    return blocks
  }

  return readBlocks
}

/** Returns a line whose indentation is of blanks: a tab reaches to the next fourth column. */
function withoutTabs(line: string): string {
  const [start = ''] = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]+)*/.exec(line) ?? []
  let expanded = ''
  for (const character of start)
    expanded += character === '\t' ? ' '.repeat(4 - (expanded.length % 4)) : character
  return expanded + line.slice(start.length)
}

/** Reads a text into blocks, and the addresses that it defines for all of them. */
export function readMarkdown(text: string): { blocks: Block[]; definitions: Definitions } {
  const definitions = new Map<string, string>()
  const blocks = createReader(definitions)(text.split('\n').map(withoutTabs), 0)
  return { blocks, definitions }
}
