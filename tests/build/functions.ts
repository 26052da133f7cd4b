/** Makes of the functions what Vercel makes of them: folders with all that a function needs. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BuildV3, download, glob, Lambda } from '@vercel/build-utils'
import * as z from 'zod'
import { bundleFunctions } from '../../scripts/build/functions.js'
import { functionNames } from '../../scripts/endpoints/list.js'

const isBuild = (value: unknown): value is BuildV3 => typeof value === 'function'
const { build } = z
  .object({ build: z.custom<BuildV3>(isBuild) })
  .parse(createRequire(import.meta.url)('@vercel/node'))

const root = resolve('.')
const sources = ['api', 'lib', 'package.json', 'package-lock.json', 'tsconfig.json', 'vercel.json']

/** A built function: what Vercel is told of it, and where its files and its handler lie on this disk. */
export type BuiltFunction = {
  runtime: string
  files: readonly string[]
  folder: string
  handler: string
}

/** The built functions by their paths (`/api/send`); `remove` takes them off the disk. */
export type Functions = { byPath: ReadonlyMap<string, BuiltFunction>; remove(): void }

/**
 * Copies the sources (and whatever else is named) to a folder below the project, for the sake of
 * its node_modules. The project itself is never used: the builder writes the files it is given over
 * those in its work path, and empties them when they are the same; and it runs `npm install` there.
 */
export function copyProject(more: readonly string[] = []): string {
  mkdirSync('.vercel', { recursive: true })
  const copy = mkdtempSync(resolve('.vercel/build-'))
  for (const source of [...sources, ...more])
    cpSync(source, join(copy, source), { recursive: true })
  return copy
}

/**
 * Builds every function once, and writes each to a folder of its own, as on Vercel.
 * @param workPath is a checkout, which is removed
 * @param prepare is the step of `npm run build` that changes the functions before they are built
 */
export async function buildFunctions(
  workPath = copyProject(),
  prepare = bundleFunctions,
): Promise<Functions> {
  const target = mkdtempSync(join(tmpdir(), 'functions-'))
  const byPath = new Map<string, BuiltFunction>()
  process.env.VERCEL_INSTALL_COMPLETED = '1'
  try {
    await prepare(workPath)
    for (const name of functionNames(readdirSync(join(workPath, 'api')))) {
      const lambda = await buildFunction(workPath, name)
      byPath.set(`/api/${name}`, await unpack(lambda, join(target, name)))
    }
  } finally {
    delete process.env.VERCEL_INSTALL_COMPLETED
    rmSync(workPath, { recursive: true, force: true })
  }
  return { byPath, remove: () => rmSync(target, { recursive: true, force: true }) }
}

/** Builds a function as Vercel does, but from what is installed: nothing is fetched or installed. */
async function buildFunction(workPath: string, name: string): Promise<Lambda> {
  if (workPath === root) throw new Error('The builder would empty the sources')
  const { output } = await build({
    files: await glob('**', workPath),
    entrypoint: `api/${name}.ts`,
    workPath,
    repoRootPath: root,
    config: { zeroConfig: true },
    meta: { skipDownload: true, runNpmInstallSet: new Set([join(workPath, 'package.json')]) },
  })
  if (output instanceof Lambda) return output
  throw new Error(`api/${name}.ts did not become a function`)
}

async function unpack({ files = {}, handler, runtime }: Lambda, folder: string) {
  mkdirSync(folder)
  await download(files, folder)
  return { runtime, files: Object.keys(files), folder, handler: join(folder, handler) }
}
