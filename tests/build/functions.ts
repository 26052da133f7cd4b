/** Makes of the endpoints what Vercel makes of them: folders with all that a function needs. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, parse, resolve } from 'node:path'
import { type BuildV3, download, glob, Lambda } from '@vercel/build-utils'
import * as z from 'zod'

const isBuild = (value: unknown): value is BuildV3 => typeof value === 'function'
const { build } = z
  .object({ build: z.custom<BuildV3>(isBuild) })
  .parse(createRequire(import.meta.url)('@vercel/node'))

const root = resolve('.')
const sources = ['api', 'lib', 'package.json', 'package-lock.json', 'tsconfig.json', 'vercel.json']

/** The files that become functions. */
export const endpointFiles = readdirSync('api').filter((file) => /^[^_.].*\.ts$/.test(file))

/** A built function: what Vercel is told of it, and where its handler lies on this disk. */
export type BuiltFunction = { runtime: string; files: readonly string[]; handler: string }

/** The built functions by their paths (`/api/send`); `remove` takes them off the disk. */
export type Functions = { byPath: ReadonlyMap<string, BuiltFunction>; remove(): void }

/**
 * A copy of the sources (and of whatever else is named) to work in, below the project for the sake
 * of its node_modules. Never the project itself: the builder writes the files it is given over those
 * in its work path, and empties them when they are the same; and it runs `npm install` there.
 */
export function copyProject(more: readonly string[] = []): string {
  mkdirSync('.vercel', { recursive: true })
  const copy = mkdtempSync(resolve('.vercel/build-'))
  for (const source of [...sources, ...more])
    cpSync(source, join(copy, source), { recursive: true })
  return copy
}

/** Builds every endpoint once, and writes each function to a folder of its own, as on Vercel. */
export async function buildFunctions(): Promise<Functions> {
  const workPath = copyProject()
  const target = mkdtempSync(join(tmpdir(), 'functions-'))
  const byPath = new Map<string, BuiltFunction>()
  process.env.VERCEL_INSTALL_COMPLETED = '1'
  try {
    for (const endpointFile of endpointFiles) {
      const { name } = parse(endpointFile)
      byPath.set(
        `/api/${name}`,
        await unpack(await buildEndpoint(workPath, endpointFile), join(target, name)),
      )
    }
  } finally {
    delete process.env.VERCEL_INSTALL_COMPLETED
    rmSync(workPath, { recursive: true, force: true })
  }
  return { byPath, remove: () => rmSync(target, { recursive: true, force: true }) }
}

/** Builds an endpoint as Vercel does, but from what is installed: nothing is fetched or installed. */
async function buildEndpoint(workPath: string, endpointFile: string): Promise<Lambda> {
  if (workPath === root) throw new Error('The builder would empty the sources')
  const { output } = await build({
    files: await glob('**', workPath),
    entrypoint: `api/${endpointFile}`,
    workPath,
    repoRootPath: root,
    config: { zeroConfig: true },
    meta: { skipDownload: true, runNpmInstallSet: new Set([join(workPath, 'package.json')]) },
  })
  if (output instanceof Lambda) return output
  throw new Error(`${endpointFile} did not become a function`)
}

async function unpack({ files = {}, handler, runtime }: Lambda, folder: string) {
  mkdirSync(folder)
  await download(files, folder)
  return { runtime, files: Object.keys(files), handler: join(folder, handler) }
}
