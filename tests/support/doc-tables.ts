/** Reads the tables of the documentation. */
import { readFileSync } from 'node:fs'

/** Returns the rows of the nth table under a heading, each cell trimmed. */
export function readTable(file: string, heading: string, nth = 0): string[][] {
  const sections = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split(/^## /m)
  const section = sections.find((each) => each.startsWith(`${heading}\n`)) ?? ''
  const table = section.split(/\n\n+/).filter((each) => each.startsWith('|'))[nth] ?? ''
  const rows = table.trimEnd().split('\n').slice(2)
  if (rows.length === 0) throw new TypeError(`${file} has no table under “${heading}”`)
  return rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| ?| ?\|$/g, '').trim()))
}

/** Returns the texts between backticks. */
export function codesIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** Returns the pattern of a key in `docs/security.md`, where `<…>` stands for a name. */
export function keyPattern(text: string): RegExp {
  const literal = text.split(/<[^>]+>/).map((part) => part.replace(/[{}]/g, '\\$&'))
  return new RegExp(`^[^:]+:${literal.join('[^{}]+')}$`)
}

/** Lists the documented keys of the store with their patterns. */
export const storedKeys = readTable('docs/security.md', 'What is stored where, and for how long')
  .flatMap(([cell]) => codesIn(cell))
  .map((text) => ({ text, pattern: keyPattern(text) }))
