/** The house keeps its promises about itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, it } from 'vitest'

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
}

const functions = [...sourcesUnder('api'), ...sourcesUnder('lib')]
const hosts = sourcesUnder('platforms')
const deployed = [...functions, ...hosts]

/** What a file imports, as it is written. */
function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8')
  return [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name)
}

it.each(deployed)('%s knows nothing of the sandbox and its switches', (file) => {
  expect(readFileSync(file, 'utf8')).not.toMatch(/sandbox/i)
})

it.each(functions)('%s knows nothing of the hosts it runs on', (file) => {
  expect(importsOf(file).filter((name) => name.includes('platforms/'))).toEqual([])
})

it.each(hosts)('%s imports its own room, doors and lib', (file) => {
  const outside = importsOf(file).filter((name) => name.startsWith('..'))
  const strangers = outside.filter((name) => !/^\.\.\/(api|lib)\/|^\.\.\/vercel\.json$/.test(name))
  expect(strangers).toEqual([])
})

it('only the doors of the hosts import doors', () => {
  const importers = hosts.filter((file) =>
    importsOf(file).some((name) => /^\.\.\/api\//.test(name)),
  )
  expect(importers).toEqual([join('platforms', 'endpoints.ts')])
})

const readers = ['services.ts', 'node.ts']

it.each(deployed.filter((file) => !readers.includes(basename(file))))(
  '%s does not read the environment',
  (file) => {
    const code = readFileSync(file, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
    expect(code).not.toMatch(/process\.env/)
  },
)

it('puts nothing but doors into api/', () => {
  for (const file of sourcesUnder('api')) {
    expect(readFileSync(file, 'utf8'), file).toMatch(/export default endpoint\(/)
  }
  expect(sourcesUnder('api').length, "Vercel's Hobby plan").toBeLessThanOrEqual(12)
})

const modules = ['files', 'polling', 'salesforce', 'store', 'visitors']

it.each(modules)('the room %s imports no other room but the words of polling', (module) => {
  for (const file of sourcesUnder(`lib/${module}`)) {
    const imports = [...readFileSync(file, 'utf8').matchAll(/from '\.\.\/(?:\.\.\/)?(\w+)\//g)]
    const foreign = imports.map(([, name]) => name).filter((name) => name !== module)
    expect(
      foreign.filter((name) => modules.includes(name ?? '') && name !== 'polling'),
      file,
    ).toEqual([])
  }
})

const dialects = ['enhanced-chat', 'guide']

it.each(dialects)('only services.ts knows the dialect %s, and no dialect the other', (dialect) => {
  const dialectFolder = join('lib', 'salesforce', dialect)
  const values = /^import (?!type )[^;]*?from '([^']+)'/gms
  const knowing = functions.filter((file) => {
    const imports = [...readFileSync(file, 'utf8').matchAll(values)].map(([, name = '']) => name)
    return imports.some((name) => name.includes(`/${dialect}/`))
  })
  expect(knowing.filter((file) => !file.startsWith(dialectFolder))).toEqual([
    join('lib', 'services.ts'),
  ])
})

/** The rooms of the browser: each imports what is before it, and of packages what is named. */
const clientModules: Record<string, { modules: string[]; packages: string[] }> = {
  core: { modules: [], packages: [] },
  widget: { modules: ['core'], packages: ['react'] },
  react: { modules: ['core', 'widget'], packages: [] },
  element: { modules: ['core', 'widget'], packages: ['react', 'preact'] },
  demo: { modules: ['core', 'element'], packages: [] },
}

/** The room of the browser's that a file is in, such as `core` or `widget`. */
const clientModuleOf = (file: string) => /^client[/\\](\w+)[/\\]/.exec(file)?.[1] ?? 'core'

it.each(sourcesUnder('client'))('%s imports only what its room may', (file) => {
  const module = clientModuleOf(file)
  const { modules: allowed, packages } = clientModules[module] ?? { modules: [], packages: [] }
  for (const name of importsOf(file)) {
    if (!name.startsWith('.')) {
      expect(packages, `${name}: a package`).toContain(name.split('/')[0])
      continue
    }
    const imported = join(dirname(file), name)
    expect(imported).toMatch(/^client/)
    expect([module, ...allowed], name).toContain(clientModuleOf(imported))
  }
})

it.each(sourcesUnder('client'))('%s makes no HTML of text', (file) => {
  const code = readFileSync(file, 'utf8')
  expect(code).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc/i,
  )
})

const styles = readdirSync('client/widget/style').map((name) => join('client/widget/style', name))

it.each(styles)('%s can be read from right to left', (file) => {
  const css = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const sided =
    /(?:^|[{;])\s*(?:(?:margin|padding|border)-)?(?:left|right)\b[^;]*:|(?:text-align|float):\s*(?:left|right)/gm
  expect(css.match(sided) ?? []).toEqual([])
})
