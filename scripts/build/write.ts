import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files of one build by their names; null: not any more. */
export type Files = Readonly<Record<string, string | null>>

/**
 * Writes what is new into a folder. A file is exchanged as a whole, so that somebody who reads or builds
 * it at the same time meets no half of it.
 */
export function writeFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    if (text === null) rmSync(path, { force: true })
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      mkdirSync(dirname(path), { recursive: true })
      const draft = `${path}.${process.pid}`
      writeFileSync(draft, text)
      renameSync(draft, path)
    }
  }
}
