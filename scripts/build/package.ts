/**
 * Builds the npm package `miaw-gateway`: only the browser's code, without the server's
 * dependencies.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { root, sourceOf } from './bundle.js'
import { bundleCore, bundlePackedElement, bundleReact, bundleStyle, core } from './entries.js'
import { weigh } from './weigh.js'
import { writeFiles } from './write.js'

const ownManifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
})

const entry = (types: string, code: string) => ({
  types: `./client/${types}.d.ts`,
  default: `./client/${code}.js`,
})

/** Formats the package's `package.json`. */
function manifestText(): string {
  const ours = ownManifest.parse(JSON.parse(sourceOf('package.json')))
  const manifest = {
    ...ours,
    description:
      'A chat for Salesforce Messaging over miaw-gateway: client, React widget, element.',
    type: 'module',
    exports: {
      './client': entry('core/index', 'index'),
      './client/tabs': entry('core/tabs', 'tabs'),
      './client/upload': entry('core/upload', 'upload'),
      './react': entry('react/index', 'react'),
      './react.css': './client/react.css',
      './element': entry('element/index', 'element'),
    },
    sideEffects: ['./client/element.js', './client/react.css'],
    peerDependencies: { react: '>=18 <20' },
    peerDependenciesMeta: { react: { optional: true } },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** Bundles the code of all entries, by the names of their files. */
export async function bundlePackage() {
  const [index = '', tabs = '', upload = ''] = await Promise.all(core.map(bundleCore))
  const [react, element, style] = await Promise.all([
    bundleReact(),
    bundlePackedElement(),
    bundleStyle(),
  ])
  return { index, tabs, upload, react, element, style }
}

/** Writes the package's types: the same compiler, declarations only. */
function declare(folder: string): void {
  const args = ['--project', 'client/tsconfig.build.json', '--outDir', folder]
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...args], {
    cwd: root,
    stdio: 'inherit',
  })
}

/**
 * Builds the package from scratch into an absolute folder. Throws when an entry is too heavy or a
 * type is wrong.
 */
export async function buildPackage(folder: string) {
  const { style, ...code } = await bundlePackage()
  const { element: _, ...alone } = code
  const weighed = Object.entries(alone).map(([name, text]) =>
    weigh(name as keyof typeof alone, text),
  )
  rmSync(folder, { recursive: true, force: true })
  declare(join(folder, 'client'))
  const entries = Object.entries(code).map(([name, text]) => [`client/${name}.js`, text])
  writeFiles(folder, {
    ...Object.fromEntries(entries),
    'client/react.css': style,
    'package.json': manifestText(),
    'README.md': sourceOf('docs/client.md'),
    LICENSE: sourceOf('LICENSE'),
  })
  return weighed
}
