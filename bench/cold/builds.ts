/** Builds the functions of this project, and of another commit of it. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { bundleFunctions } from '../../scripts/build/functions.js'
import { buildFunctions, type Functions } from '../../tests/build/functions.js'
import { projectRoot } from '../child.js'
import { unpackCommit } from '../delivery/commit.js'

export type Build = { name: string; functions: Functions }

/** Builds the functions of this project as it stands in its folder. */
export async function buildThis(): Promise<Build> {
  return { name: 'now', functions: await buildFunctions() }
}

/** Returns a checkout's own step before the builder; before there was one, nothing was bundled. */
async function stepOf(checkout: string): Promise<typeof bundleFunctions> {
  const step = join(checkout, 'scripts/build/functions.ts')
  if (!existsSync(step)) return async () => {}
  const { bundleFunctions: own }: { bundleFunctions: typeof bundleFunctions } = await import(step)
  return own
}

/** Builds the functions of a commit. */
export async function buildCommit(commit: string): Promise<Build> {
  // Below the project, because the builder copies packages from there.
  const parent = join(projectRoot, '.vercel')
  mkdirSync(parent, { recursive: true })
  const { id, folder, remove } = unpackCommit(commit, parent)
  try {
    return { name: id, functions: await buildFunctions(folder, await stepOf(folder)) }
  } finally {
    remove()
  }
}
