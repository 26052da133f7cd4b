/** Reads CommonMark with tables into tokens (https://spec.commonmark.org/0.31.2/). Pure. */
import MarkdownIt, { type MarkdownIt as Parser, type Token } from 'markdown-it'

/**
 * Creates a parser. Every address is a link to it, with its text unchanged: which of them may be
 * opened is decided by `safeLink`.
 */
export function createParser({ html, tables }: { html: boolean; tables: boolean }): Parser {
  const parser = new MarkdownIt('commonmark', { html, maxNesting: 100 })
  parser.validateLink = () => true
  parser.normalizeLink = (url) => url
  parser.normalizeLinkText = (url) => url
  return tables ? parser.enable('table') : parser
}

const maxLevel = 20

/**
 * Tells whether blocks or marks lie in each other deeper than any author means it. Renderers that
 * recurse would run out of stack.
 */
export function isTooDeep(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ level, children }) => level > maxLevel || (children !== null && isTooDeep(children)),
  )
}
