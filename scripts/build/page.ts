/** Builds the files that pages load: the element with its parts, and the demo page around it. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { elementApart } from './apart.js'
import { bundle, sourceOf } from './bundle.js'
import { bundleClassicElement, bundleElement, partsFolder } from './entries.js'
import { gzippedSize, weigh } from './weigh.js'
import { contentHash, type Files, writeFiles } from './write.js'

/** Names the demo page's files; the tracked files of `public/` are not among them. */
const demo = { 'index.html': null, 'demo.js': null, 'demo.css': null }

async function bundleDemo(): Promise<Files> {
  const [code, style] = await Promise.all([
    bundle('client/demo/demo.ts', { plugins: [elementApart] }),
    bundle('client/demo/demo.css'),
  ])
  return { 'index.html': sourceOf('client/demo/index.html'), 'demo.js': code, 'demo.css': style }
}

/** Returns false for `DEMO_PAGE=false`, which leaves the demo page out of a deployment. */
export const wantsDemo = ({ DEMO_PAGE }: Readonly<Record<string, string | undefined>>) =>
  DEMO_PAGE !== 'false'

/** Lists what an earlier build named by its content, to be removed. */
function formerFiles(folder: string): Files {
  const files = (path: string) => (existsSync(path) ? readdirSync(path) : [])
  const versions = files(folder).filter((name) => name.startsWith('miaw-chat-'))
  const parts = files(join(folder, partsFolder)).map((name) => `${partsFolder}/${name}`)
  return Object.fromEntries([...versions, ...parts].map((name) => [name, null]))
}

/** Returns a script under its short address, and under one that browsers may keep for good. */
function addressed(code: string, ending: string): Files {
  return { [`miaw-chat${ending}`]: code, [`miaw-chat-${contentHash(code)}${ending}`]: code }
}

/**
 * Builds `miaw-chat.js`, the same as a classic script, its parts and the demo page into a folder such
 * as `public`; removes a demo page that is not wanted. Throws when the element is too heavy.
 */
export async function buildPage(folder: string, env: Readonly<Record<string, string | undefined>>) {
  const [{ code, parts }, classic, page] = await Promise.all([
    bundleElement(),
    bundleClassicElement(),
    wantsDemo(env) ? bundleDemo() : demo,
  ])
  const weighed = [weigh('element', gzippedSize(code))]
  const scripts = { ...addressed(code, '.js'), ...addressed(classic, '.classic.js') }
  writeFiles(folder, { ...formerFiles(folder), ...parts, ...scripts, ...page })
  return weighed
}
