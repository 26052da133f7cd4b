import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Holds the files of one build by their names; null removes a file. */
export type Files = Readonly<Record<string, string | null>>

/** Returns a name for a content: a file that has it in its own may be kept for good. */
export const contentHash = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('hex').slice(0, 8)

/**
 * Writes changed files into a folder. A file is replaced as a whole, so that a concurrent reader or
 * build never sees half of it.
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
