/** Recognises the lines of a Markdown text, and follows them through lists and quotes. Pure. */

export const heading = /^ {0,3}#{1,6}(?= |$)/
export const underline = /^ {0,3}(?:=+|-+) *$/
export const rule = /^ {0,3}([-*_]) *(?:\1 *){2,}$/
export const fence = /^( {0,3})(`{3,}(?!.*`)|~{3,})/
export const quote = /^ {0,3}> ?/
export const item = /^( {0,3})(?:([-+*])|(\d{1,9})([.)]))( +(?=\S)|$| +$)/
export const indented = /^ {4}/
/** Stands before a line that begins no block: no text of a gateway has this character. */
export const lazyMark = '\0'

export const isBlank = (line: string) => line.trim() === ''

/** Tells whether a line begins a block where it stands in a paragraph. */
export function interrupts(line: string): boolean {
  const [whole, , bullet, number] = item.exec(line) ?? []
  const isItem = whole !== undefined && whole.length < line.length && (bullet || number === '1')
  return Boolean(isItem) || [heading, rule, fence, quote].some((start) => start.test(line))
}

/** Returns the cells of a row; a backslash before a bar makes it a part of its cell. */
export function cellsOf(row: string): string[] {
  const inner = row.trim().replace(/^\||(?<!\\)\|$/g, '')
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

/** Tells whether a line is the one below the head of a table with so many columns. */
export function isDivider(line: string, columns: number): boolean {
  if (!/^[ |:-]{2,}$/.test(line) || indented.test(line)) return false
  const cells = cellsOf(line)
  return cells.length === columns && cells.every((cell) => /^:?-+:?$/.test(cell))
}

/** Returns the words of a heading, without the marks that may close it. */
export function titleOf(line: string): string {
  const title = line.replace(heading, '').trim()
  let end = title.length
  while (title.charAt(end - 1) === '#') end -= 1
  return end === 0 || title.charAt(end - 1) === ' ' ? title.slice(0, end).trim() : title
}

/** The marks of containers at the start of a line, one in the other. */
const marks = /^(?: {0,3}(?:>|(?:[-+*]|\d{1,9}[.)])(?= |$)) ?)+/

/** Follows what lines of a container hold, for the lines that continue it without its mark. */
export function createContainer() {
  const lines: string[] = []
  let openFence = ''
  /** Tells whether the last line is one of a paragraph. */
  let isText = false
  /** Indentation of the innermost item. */
  let margin = 0

  function isWritten(line: string, words: string): boolean {
    const [, , mark = ''] = fence.exec(words) ?? []
    const wasOpen = openFence !== ''
    if (!wasOpen) openFence = mark
    else if (mark.startsWith(openFence) && /^[`~]+ *$/.test(words)) openFence = ''
    if (wasOpen || mark || words === '' || heading.test(words) || rule.test(words)) return false
    return isText || line.length - words.length < margin + 4
  }

  return {
    lines,
    push(line: string): void {
      lines.push(line)
      const [containers = ''] = marks.exec(line) ?? []
      const words = line.slice(containers.length).trimStart()
      // A quote's lines have its mark each, so that only items around it count.
      if (containers) margin = containers.replace(/>.*/, '').length
      else if (!isText && words && line.length - words.length < margin) margin = 0
      isText = isWritten(line, words)
    },
    /** Adds a line without the container's mark, if it continues the last paragraph. */
    pushLazily(line: string): boolean {
      if (!isText || isBlank(line) || interrupts(line) || item.test(line)) return false
      lines.push(lazyMark + line.trimStart())
      return true
    },
  }
}

export type Container = ReturnType<typeof createContainer>
