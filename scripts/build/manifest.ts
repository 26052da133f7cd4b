/** Formats the `package.json` of the npm package. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { root, sourceOf } from './bundle.js'

const ownManifest = z.object({
  name: z.string(),
  version: z.string(),
  keywords: z.array(z.string()),
  homepage: z.string(),
  bugs: z.string(),
  repository: z.object({ type: z.string(), url: z.string() }),
  license: z.string(),
})

/** Names the words of the project that do not describe its browser's side. */
const serverWords = ['gateway', 'serverless', 'vercel']

/** Returns the names of the languages that have a file of texts. */
const languages = () =>
  readdirSync(join(root, 'client/widget/texts'))
    .filter((name) => /^[a-z]{2}\.ts$/.test(name))
    .map((name) => basename(name, '.ts'))

/** Maps the entries of the package to their modules. */
const modules = (): Readonly<Record<string, string>> => ({
  client: 'core/index',
  'client/tabs': 'core/tabs',
  'client/upload': 'core/upload',
  react: 'react/index',
  element: 'element/index',
  texts: 'widget/texts/index',
  ...Object.fromEntries(languages().map((tag) => [`texts/${tag}`, `widget/texts/${tag}`])),
})

/** Names the style sheet's file, and the one that tells a compiler what importing it gives. */
export const style = { code: 'client/react.css', types: 'client/react.css.d.ts' }

/** Returns the types and the code of each entry; the types come first, as compilers demand. */
function entries() {
  const ofModules = Object.entries(modules()).map(
    ([name, path]): [string, { types: string; default: string }] => [
      name,
      { types: `./client/${path}.d.ts`, default: `./client/${path}.js` },
    ],
  )
  return Object.fromEntries([
    ...ofModules,
    ['react.css', { types: `./${style.types}`, default: `./${style.code}` }],
  ])
}

/** Formats the package's `package.json`. */
export function manifestText(): string {
  const { keywords, ...ours } = ownManifest.parse(JSON.parse(sourceOf('package.json')))
  const all = Object.entries(entries())
  const manifest = {
    ...ours,
    description:
      'A chat for Salesforce Messaging over miaw-gateway: client, React widget, element. ESM only.',
    keywords: [...keywords.filter((word) => !serverWords.includes(word)), 'react', 'web-component'],
    type: 'module',
    // Where it runs in Node: on a server that renders pages, in a kiosk, in tests.
    engines: { node: '>=20.19' },
    exports: {
      ...Object.fromEntries(all.map(([name, entry]) => [`./${name}`, entry])),
      './package.json': './package.json',
    },
    // Compilers with `moduleResolution: node10` do not know `exports`.
    typesVersions: { '*': Object.fromEntries(all.map(([name, { types }]) => [name, [types]])) },
    sideEffects: ['./client/element/index.js', `./${style.code}`],
    peerDependencies: { react: '>=18 <20' },
    peerDependenciesMeta: { react: { optional: true } },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
