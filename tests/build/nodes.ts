/** Fetches the versions of Node that the functions are tried on from the package registry. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = resolve('.cache')
const runningMajor = majorOf(process.version)

/** The major versions that must work: the oldest that the engines allow, and Vercel's. */
const supportedVersions = ['20', '24']

function majorOf(version: string): string {
  return /^v?(\d+)\./.exec(version)?.[1] ?? ''
}

/**
 * Returns the major versions to try: the running one, and those that `NODE_VERSIONS` names
 * (`20,24`); in CI all that must work.
 */
export function wantedVersions(env: Readonly<Record<string, string | undefined>>): string[] {
  const named = env.NODE_VERSIONS ?? (env.CI ? supportedVersions.join() : '')
  const versions = named.split(',').map((version) => version.trim())
  const wrong = versions.filter((version) => !/^(\d+|)$/.test(version))
  if (wrong.length > 0) throw new TypeError(`NODE_VERSIONS are whole numbers, not ${wrong}`)
  return [...new Set([runningMajor, ...versions])].filter((version) => version !== '')
}

/**
 * Returns the package of Node's binary alone, which `npm install node` would choose by an install
 * script.
 */
export function binaryPackage(platform: string, arch: string): string {
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'
  return `${prefix}-${platform}-${arch}`
}

/**
 * Returns the path of a Node of this major version: the running one, one fetched before, or fetched
 * now.
 */
export async function findNode(major: string): Promise<string> {
  if (major === runningMajor) return process.execPath
  const name = binaryPackage(process.platform, process.arch)
  const home = join(cache, `node-${major}`)
  const binary = join(home, 'node_modules', name, 'bin/node')
  if (!existsSync(binary)) await fetchPackage(`${name}@${major}`, home)
  const { stdout } = await run(binary, ['--version'])
  if (majorOf(stdout) === major) return binary
  throw new Error(`${binary} is Node ${stdout.trim()}, not ${major}`)
}

/** Installs a package into a folder of its own; a fetch that fails leaves nothing behind. */
async function fetchPackage(packageSpec: string, home: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'fetch-'))
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
  try {
    await run('npm', ['install', ...options, '--prefix', folder, packageSpec], { cwd: folder })
    rmSync(home, { recursive: true, force: true })
    renameSync(folder, home)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
