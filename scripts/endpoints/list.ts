/** Generates the module that imports every endpoint of `api/`, so that each host and bundler finds them. */
import { readdirSync } from 'node:fs'
import { parse } from 'node:path'

const folder = new URL('../../api/', import.meta.url)

/** The generated module. */
export const endpointListUrl = new URL('../../platforms/endpoints.ts', import.meta.url)

/** Returns the names of the endpoints; as on Vercel, a file that starts with `_` or `.` is none. */
export function endpointNames(files: readonly string[] = readdirSync(folder)): string[] {
  const isEndpoint = (file: string) => /^[^_.].*(?<!\.d)\.ts$/.test(file)
  return files
    .filter(isEndpoint)
    .map((file) => parse(file).name)
    .sort()
}

function variableOf(name: string): string {
  return name.replace(/\W(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Returns the text of the generated module. */
export function endpointListText(names: readonly string[] = endpointNames()): string {
  const imports = names.map((name) => `import ${variableOf(name)} from '../api/${name}.js'`)
  const entries = names.map((name) => `  ['/api/${name}', ${variableOf(name)}],`)
  return `/**
 * The one registry of endpoints, for all hosts, the local server and OpenAPI. \`npm run openapi\` generates it from the
 * files of \`api/\`: do not edit it.
 */
${imports.join('\n')}

/** Every endpoint under the path that Vercel gives its file. */
export const endpoints = new Map([
${entries.join('\n')}
])
`
}
