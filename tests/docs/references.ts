/** Finds the references of a Markdown document that lead nowhere. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

type Exception = readonly [pattern: RegExp, reason: string]

/** Lists paths that a checkout does not contain. */
const generated: readonly Exception[] = [
  [/^\.cache\//, 'versions of Node that tests/build fetches'],
  [/^\.env$/, 'written by the operator'],
  [/^\.vercel\//, 'written by `vercel build` and `vercel dev`'],
  [/^dist\//, 'the npm package, written by `npm run build`'],
]

/** Lists words that look like a path and name something else. */
const foreign: readonly Exception[] = [
  [/^\*\/\*$|^(application|image|multipart|text)\/[\w.+-]+$/, 'a media type'],
  [/^@[\w-]+\/[\w-]+$|^js-redis-server\/core$/, 'a package of the npm registry'],
  [/^miaw-gateway\/[\w./]+$/, 'an entry of the npm package'],
  [/\/>$/, 'an element'],
]

/** Lists further exceptions of single documents. */
const foreignIn: Readonly<Record<string, readonly Exception[]>> = {
  'docs/enhanced-chat-api.md': [
    [/^src\//, 'a file of Salesforce’s sample application'],
    [/^[\w.-]+\/[\w.-]+$/, 'a repository on GitHub'],
    [
      /^api\/chat\/\*$|^(in|out)bound-[\w-]+\.yaml$|^ERRORCODES\.md$/,
      'a file of another repository',
    ],
    [/^v2\/iamessage\//, 'a subject of a Salesforce token'],
  ],
  'docs/findings.md': [[/^bin\/node$/, 'a file of a package']],
  'docs/from-the-guide.md': [[/^api\/messaging\/auth\.js$/, 'a file that the guide has']],
  'examples/react-native/README.md': [[/^app\/_layout$/, 'a file that Expo Router makes']],
}

/** Returns the exceptions that hold for a document. */
const exceptionsFor = (file: string) => [...generated, ...foreign, ...(foreignIn[file] ?? [])]

const usedExceptions = new Set<Exception>()

/** Returns the reasons of the exceptions that no document needed so far. */
export function unusedExceptions(): string[] {
  const all = Object.keys(foreignIn).flatMap(exceptionsFor)
  return [...new Set(all)].filter((each) => !usedExceptions.has(each)).map(([, reason]) => reason)
}

/** Lists npm's own commands that documents may name; others are scripts of a package.json. */
const npmCommands = ['ci', 'install', 'pack', 'prune', 'publish']

const sourceOf = (file: string) => readFileSync(file, 'utf8')
const fence = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm

/** Returns the document's text without its fenced blocks. */
const proseOf = (text: string) => text.replace(fence, '')

/** Returns the inline code of a document. */
function codeIn(text: string): string[] {
  return [...proseOf(text).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** Returns the lines of a document's shell blocks, without comments. */
function shellIn(text: string): string[] {
  const blocks = [...text.matchAll(fence)].filter(([, language = '']) =>
    /^(sh|bash)$/.test(language),
  )
  return blocks.flatMap(([, , code = '']) => code.split('\n').filter((line) => !/^\s*#/.test(line)))
}

/** Returns the anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>()
  return [...proseOf(text).matchAll(/^#{1,6} +(.*)$/gm)].map(([, heading = '']) => {
    const words = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
    const slug = words.replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
}

/** Returns the link and image targets of a document that lie in this repository. */
function targetsIn(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`]+`/g, 'code')
  const links = prose.matchAll(/\]\(([^)\s]+)[^)]*\)|\b(?:src|href)="([^"]+)"/g)
  return [...links]
    .map(([, target, source]) => target ?? source ?? '')
    .filter((target) => !/^(https?|mailto):/.test(target))
}

/** Returns whether the target of a link exists, and the heading that its anchor names. */
function isLinked(file: string, text: string, target: string): boolean {
  const [path = '', anchor] = decodeURI(target).split('#')
  const linked = path === '' ? file : join(dirname(file), path)
  if (!existsSync(linked)) return false
  if (anchor === undefined) return true
  const linkedText = path === '' ? text : sourceOf(linked)
  return linked.endsWith('.md') && anchorsOf(linkedText).includes(anchor)
}

/** Expands `{a,b}` into the words it stands for. */
function expand(word: string): string[] {
  const [, before = '', choice, after = ''] = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/.exec(word) ?? []
  if (choice === undefined) return [word]
  return choice.split(',').flatMap((each) => expand(before + each + after))
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/** Returns whether a path exists; `*` and `<name>` stand for a text, `**` for any folders. */
function exists(folder: string, [first, ...rest]: string[]): boolean {
  if (first === undefined) return existsSync(folder)
  if (!isFolder(folder)) return false
  if (first === '') return true
  if (!/[*<]/.test(first)) return exists(join(folder, first), rest)
  const names = readdirSync(folder).filter((name) => name !== 'node_modules')
  if (first === '**') {
    const isBelow = (name: string) => exists(join(folder, name), ['**', ...rest])
    return exists(folder, rest) || names.some(isBelow)
  }
  const literals = first.split(/\*|<[^>]*>/).map((part) => part.replace(/[.+()]/g, '\\$&'))
  const pattern = new RegExp(`^${literals.join('.*')}$`)
  return names.some((name) => pattern.test(name) && exists(join(folder, name), rest))
}

const folders = readdirSync('.').filter(
  (name) => isFolder(name) && !/^(\.cache|\.git|\.vercel|coverage|dist|node_modules)$/.test(name),
)

/** Holds the names of all files, for those that a document names without a folder. */
const fileNames = new Set(
  folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .concat(readdirSync('.'))
    .filter((name) => !name.includes('node_modules'))
    .map((name) => basename(name)),
)

/**
 * Returns whether a path exists below the repository's root or beside the document. A test may be
 * named without `tests/` and `.test.ts`, as in docs/reliability.md.
 */
function isPath(file: string, path: string): boolean {
  const exception = exceptionsFor(file).find(([pattern]) => pattern.test(path))
  if (exception) {
    usedExceptions.add(exception)
    return true
  }
  return expand(path).every((each) => {
    if (!each.includes('/')) return fileNames.has(each)
    const isBelow = (folder: string, below: string) => exists(folder, below.split('/'))
    const relative = each.replace(/^\.\//, '')
    return (
      isBelow('.', relative) ||
      isBelow(dirname(file), relative) ||
      isBelow('tests', `${relative}.test.ts`)
    )
  })
}

const pathWithFolder = /^\.{0,2}[\w@*<{][\w.,@*<>{}-]*(\/[\w.,@*<>{}-]*)+$/
const fileName =
  /^[\w-][\w.-]*\.(css|html|json|md|mjs|tsx?|ya?ml)$|^LICENSE$|^\.(env|npmrc|editorconfig)[\w.]*$/

/** Returns the words of inline code and of commands that look like a path of this repository. */
function pathsIn(text: string): string[] {
  const single = codeIn(text).filter((code) => !/\s/.test(code))
  const several = [...codeIn(text), ...shellIn(text)].flatMap((code) =>
    code.split(/[\s"'=:[\]]+|,\s/),
  )
  const inFolder = several.filter((word) => folders.includes(word.split('/')[0] ?? ''))
  return [...single, ...inFolder].filter((word) => pathWithFolder.test(word) || fileName.test(word))
}

/** Returns the paths of a tree, a fenced block without a language, indented by 2. */
function treeIn(text: string): string[] {
  const blocks = [...text.matchAll(fence)].filter(([, language]) => language === '')
  return blocks.flatMap(([, , block = '']) => {
    const parents: string[] = []
    return block.split('\n').flatMap((line) => {
      const entry = /^((?: {2})*)((?:[\w-]+(?:\/|\.\w+) ?)+)(?: {2}|$)/.exec(line)
      if (!entry) return []
      const [, indent = '', names = ''] = entry
      const depth = indent.length / 2
      const paths = names
        .trim()
        .split(' ')
        .map((name) => (parents[depth - 1] ?? '') + name)
      parents.splice(depth, parents.length, paths[0] ?? '')
      return paths
    })
  })
}

/** Returns whether the `package.json` at the root, or the one beside the document, has a script. */
function hasScript(file: string, name: string): boolean {
  const manifests = ['package.json', join(dirname(file), 'package.json')].filter(existsSync)
  return manifests.some((manifest) => name in (JSON.parse(sourceOf(manifest)).scripts ?? {}))
}

/** Returns the commands of npm and vitest that name no script and no project. */
function brokenCommands(file: string, text: string): string[] {
  const code = [...codeIn(text), ...shellIn(text)].join('\n')
  const scripts = [...code.matchAll(/\bnpm (run )?(?:--?\w+ )*([\w:-]+)/g)].filter(
    ([, run, name = '']) => !hasScript(file, name) && (run || !npmCommands.includes(name)),
  )
  const projects = [...code.matchAll(/\bvitest .*--project[ =](\w+)/g)].filter(
    ([, name]) => !sourceOf('vitest.config.ts').includes(`name: '${name}'`),
  )
  return [...scripts, ...projects].map(([command]) => command)
}

/** Returns names that follow a file (`lib/file.ts`, `name`) and do not occur in it. */
function brokenNames(text: string): string[] {
  const named = proseOf(text).matchAll(/`([\w./-]+\.tsx?)`, `(\w+)`/g)
  return [...named].flatMap(([, path = '', name = '']) => {
    if (!existsSync(path) || new RegExp(`\\b${name}\\b`).test(sourceOf(path))) return []
    return [`name ${name} in ${path}`]
  })
}

/** Returns what a document refers to and does not exist, such as `path lib/none.ts`. */
export function brokenReferences(file: string, text = sourceOf(file)): string[] {
  const links = targetsIn(text).filter((target) => !isLinked(file, text, target))
  const paths = [...pathsIn(text), ...treeIn(text)].filter((path) => !isPath(file, path))
  return [
    ...links.map((target) => `link ${target}`),
    ...[...new Set(paths)].map((path) => `path ${path}`),
    ...brokenNames(text),
    ...brokenCommands(file, text).map((command) => `command ${command}`),
  ]
}
