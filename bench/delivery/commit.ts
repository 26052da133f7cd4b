/** Unpacks another commit of this project, to be run beside it with the same packages. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../child.js'

const git = (...options: string[]) => execFileSync('git', options, { cwd: projectRoot })

/** Returns a folder with the files of a commit, in `parent`. Throws when git does not know it. */
export function unpackCommit(commit: string, parent = tmpdir()) {
  const id = git('rev-parse', '--short', '--verify', `${commit}^{commit}`).toString().trim()
  const folder = mkdtempSync(join(parent, `commit-${id}-`))
  const archive = join(folder, 'files.tar')
  git('archive', '--output', archive, id)
  execFileSync('tar', ['-xf', archive, '-C', folder])
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'))
  return { id, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
