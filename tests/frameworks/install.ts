/**
 * Builds the examples with the tools of their frameworks. These are no dependencies of the project:
 * pinned versions are installed once, from a lock file beside this one, into `.cache`.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { buildPackage } from '../../scripts/build/package.js'
import { contentHash } from '../../scripts/build/write.js'

const run = promisify(execFile)
const cache = resolve('.cache/frameworks')

/** Switches off what tools would send home, and leaves out what vitest sets for itself. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  return { ...env, CI: 'true', NEXT_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' }
}

/** Runs a command in a folder; throws with its output when it fails. */
export async function runIn(folder: string, command: string, args: string[]): Promise<string> {
  const options = { cwd: folder, env: environment(), maxBuffer: 2 ** 26 }
  try {
    return (await run(command, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  }
}

let built: Promise<string> | undefined

/** Builds the package as it is published, once; resolves to its folder. */
export function builtPackage(): Promise<string> {
  const folder = join(cache, `package-${process.pid}`)
  built ??= buildPackage(folder).then(() => folder)
  return built
}

/** Removes the package that `builtPackage` built. */
export const removePackage = () =>
  rmSync(join(cache, `package-${process.pid}`), { recursive: true, force: true })

/**
 * Installs the tools of a lock file where they are not yet; resolves to a folder that holds them,
 * the package, and nothing of an earlier build.
 */
export async function install(lock: string): Promise<string> {
  const locked = readFileSync(`tests/frameworks/${lock}/package-lock.json`)
  const folder = join(cache, `${lock}-${contentHash(locked)}`)
  const marker = join(folder, 'node_modules/.complete')
  if (!existsSync(marker)) {
    mkdirSync(folder, { recursive: true })
    cpSync(`tests/frameworks/${lock}`, folder, { recursive: true })
    await runIn(folder, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
    writeFileSync(marker, '')
  }
  const kept = ['node_modules', 'package.json', 'package-lock.json']
  const remove = (name: string) => rmSync(join(folder, name), { recursive: true, force: true })
  for (const name of readdirSync(folder)) if (!kept.includes(name)) remove(name)
  for (const name of ['.cache', '.vite', 'miaw-gateway']) remove(`node_modules/${name}`)
  cpSync(await builtPackage(), join(folder, 'node_modules/miaw-gateway'), { recursive: true })
  return folder
}

/** Installs what an example needs, and copies it there; resolves to the folder. */
export async function installExample(lock: string, example: string): Promise<string> {
  const folder = await install(lock)
  const isSource = (path: string) =>
    !/(?:node_modules|package(?:-lock)?\.json|README\.md)$/.test(path)
  cpSync(join('examples', example), folder, { recursive: true, filter: isSource })
  return folder
}

/** Runs a tool that is installed in a folder. */
export const runTool = (folder: string, tool: string, ...args: string[]): Promise<string> =>
  runIn(folder, join(folder, 'node_modules/.bin', tool), args)

/** Returns all files below a folder of a build, as one text. */
export function textOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => /\.(?:m?js|html)$/.test(name))
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}
