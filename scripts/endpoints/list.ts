/**
 * Lists the files of `api/`, and generates the modules that import every endpoint: the registry, so
 * that each host and bundler finds them, and the function that endpoints share.
 */
import { readdirSync } from 'node:fs'
import { parse } from 'node:path'

const folder = new URL('../../api/', import.meta.url)

/** Locates the generated registry. */
export const endpointListUrl = new URL('../../platforms/endpoints.ts', import.meta.url)

/** Names the function that answers for the endpoints without one of their own. */
const sharedFunction = 'other'

/** Locates its generated module. */
export const sharedFunctionUrl = new URL(`${sharedFunction}.ts`, folder)

/** Names the endpoint that answers a path that leads to no other. */
const notFound = 'not-found'

/** Returns the names of the TypeScript files that are not hidden, without their ending. */
function namesOf(files: readonly string[]): string[] {
  const isSource = (file: string) => /^[^.].*(?<!\.d)\.ts$/.test(file)
  return files.filter(isSource).map((file) => parse(file).name)
}

const isShared = (file: string) => file.startsWith('_')

/** Returns the names of Vercel's functions: of each file that does not start with `_` or `.`. */
export function functionNames(files: readonly string[] = readdirSync(folder)): string[] {
  return namesOf(files)
    .filter((file) => !isShared(file))
    .sort()
}

/** Describes an endpoint by its name and its file in `api/`, without the ending. */
type EndpointFile = { name: string; file: string }

/** Returns every endpoint; one whose file starts with `_` shares a function with others. */
export function endpointFiles(files: readonly string[] = readdirSync(folder)): EndpointFile[] {
  return namesOf(files)
    .filter((file) => file !== sharedFunction)
    .map((file) => ({ file, name: file.replace(/^_/, '') }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Returns the path that Vercel gives an endpoint; whatever is none leads to the shared function. */
export function pathOf(name: string): string {
  return `/api/${name === notFound ? sharedFunction : name}`
}

function variableOf(name: string): string {
  return name.replace(/\W(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function importsOf(all: readonly EndpointFile[], from: string): string {
  const byFile = all.toSorted((one, other) => (one.file < other.file ? -1 : 1))
  return byFile
    .map(({ name, file }) => `import ${variableOf(name)} from '${from}${file}.js'`)
    .join('\n')
}

function entriesOf(all: readonly EndpointFile[]): string {
  return all.map(({ name }) => `  ['${pathOf(name)}', ${variableOf(name)}],`).join('\n')
}

/** Returns the text of the generated registry. */
export function endpointListText(all: readonly EndpointFile[] = endpointFiles()): string {
  return `/**
 * The one registry of endpoints, for all hosts, the local server and OpenAPI. \`npm run openapi\`
 * generates it from the files of \`api/\`: do not edit it.
 */
${importsOf(all, '../api/')}

/** Answers a path that leads to no endpoint. */
export { notFound }

/** Every endpoint under the path that Vercel gives it. */
export const endpoints = new Map([
${entriesOf(all)}
])
`
}

/** Returns the text of the generated function. */
export function sharedFunctionText(all: readonly EndpointFile[] = endpointFiles()): string {
  const shared = all.filter(({ file }) => isShared(file))
  return `/**
 * Answers, as one function of Vercel, for the endpoints that have none of their own and for every
 * path that leads to no endpoint. \`npm run openapi\` generates it from the files of \`api/\` that
 * start with \`_\`: do not edit it.
 */
import { shareFunction } from '../lib/http/shared-function.js'
${importsOf(shared, './')}

const endpoints = new Map([
${entriesOf(shared.filter(({ name }) => name !== notFound))}
])

export default shareFunction(endpoints, notFound)
`
}
