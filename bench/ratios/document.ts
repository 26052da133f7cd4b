/** Writes results into `docs/performance.md`, each between two comments of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../child.js'
import { machine } from '../figures.js'

const file = join(projectRoot, 'docs/performance.md')

/** Returns the text with other lines between the comments of this section. */
export function replaceSection(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no section ${name}`)
  return [text.slice(0, from + begin.length), '', ...lines, '', text.slice(to)].join('\n')
}

/** Replaces a section; the machine, the day and the command stand above its lines. */
export function writeSection(name: string, command: string, lines: readonly string[]): void {
  const day = new Date().toISOString().slice(0, 10)
  const heading = `\`${command}\`, ${day}, ${machine()}:`
  writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), name, [heading, '', ...lines]))
}
