/** Writes a text that was read as Markdown without its marks. Pure. */
import type { Token } from 'markdown-it'
import { safeLink } from '../links.js'

/** Returns an address as people write it, by which it can be compared with the words of a link. */
function written(address: string): string {
  return address
    .replace(/^(?:https?:\/\/|mailto:|tel:)/i, '')
    .replace(/\/$|\s/g, '')
    .replace(/^\+?[\d().-]+$/, (phone) => phone.replace(/[().-]/g, ''))
}

/** Adds the address of a link to its words, unless they say the same or nobody may open it. */
function linkText(words: string, address: string): string {
  const url = safeLink(address)
  if (!url || written(words) === written(url)) return words
  return words.trim() === '' ? url : `${words} (${url})`
}

/** Returns inline content without its marks. */
function inlineText(tokens: readonly Token[]): string {
  let text = ''
  const links: { from: number; address: string }[] = []
  for (const token of tokens) {
    switch (token.type) {
      case 'link_open':
        links.push({ from: text.length, address: String(token.attrGet('href')) })
        break
      case 'link_close': {
        const { from = text.length, address = '' } = links.pop() ?? {}
        text = text.slice(0, from) + linkText(text.slice(from), address)
        break
      }
      case 'image': {
        const words = inlineText(token.children ?? [])
        text += links.length > 0 ? words : linkText(words, String(token.attrGet('src')))
        break
      }
      case 'softbreak':
      case 'hardbreak':
        text += '\n'
        break
      default:
        text += token.content
    }
  }
  return text
}

/** Collects blocks as lines: each after the marks of the list items that it begins. */
function createLines() {
  let text = ''
  /** Marks of list items of which nothing is written yet. */
  let marks = ''
  let indent = ''
  const outer: string[] = []
  let lastLine = 0

  /** Writes a block that stands on the lines from `start` to before `end`. */
  function write(block: string, [start, end]: [number, number]): void {
    const gap = text === '' ? '' : start > lastLine ? '\n\n' : '\n'
    const first = indent.slice(0, indent.length - marks.length) + marks
    const lines = block.split('\n').map((line, index) => (index === 0 ? first : indent) + line)
    text += gap + lines.map((line) => line.trimEnd()).join('\n')
    marks = ''
    lastLine = end
  }

  return {
    write,
    /** Counts the lines before `line` as written, such as the one that only draws a table. */
    skip(line: number): void {
      lastLine = line
    },
    openItem(mark: string): void {
      outer.push(indent)
      marks += `${mark} `
      indent += ' '.repeat(mark.length + 1)
    },
    closeItem(lines: [number, number]): void {
      if (marks !== '') write('', lines)
      indent = outer.pop() ?? ''
    },
    result: () => text,
  }
}

/**
 * Returns a text without its marks, from its tokens. Lists keep theirs as `1.` and `-`; the cells
 * of a table are joined by bars.
 */
export function plainTextOf(tokens: readonly Token[]): string {
  const lines = createLines()
  let place: [number, number] = [0, 0]
  let cells: string[] | null = null
  for (const { type, map, info, content, children } of tokens) {
    if (map) place = map
    switch (type) {
      case 'list_item_open':
        lines.openItem(info === '' ? '-' : `${info}.`)
        break
      case 'list_item_close':
        lines.closeItem(place)
        break
      case 'tr_open':
        cells = []
        break
      case 'tr_close':
        lines.write((cells ?? []).join(' | '), place)
        cells = null
        break
      case 'thead_close':
        lines.skip(place[1] + 1)
        break
      case 'inline': {
        const text = inlineText(children ?? [])
        if (cells) cells.push(text)
        else lines.write(text, place)
        break
      }
      case 'fence':
      case 'code_block':
        lines.write(content.replace(/\n$/, ''), place)
        break
    }
  }
  return lines.result().trim()
}
