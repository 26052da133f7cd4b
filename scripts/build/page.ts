/** Builds the files that pages load: the element with its parts, and the demo page around it. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { elementApart } from './apart.js'
import { bundle, sourceOf } from './bundle.js'
import { bundleElement, partsFolder } from './entries.js'
import { gzippedSize, weigh } from './weigh.js'
import { type Files, writeFiles } from './write.js'

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

/** Lists the parts of an earlier build, to be removed: their names are those of their content. */
function formerParts(folder: string): Files {
  const path = join(folder, partsFolder)
  const names = existsSync(path) ? readdirSync(path) : []
  return Object.fromEntries(names.map((name) => [`${partsFolder}/${name}`, null]))
}

/**
 * Builds `miaw-chat.js`, its parts and the demo page into a folder such as `public`; removes a demo
 * page that is not wanted. Throws when the element is too heavy.
 */
export async function buildPage(folder: string, env: Readonly<Record<string, string | undefined>>) {
  const [{ code, parts }, page] = await Promise.all([
    bundleElement(),
    wantsDemo(env) ? bundleDemo() : demo,
  ])
  const weighed = [weigh('element', gzippedSize(code))]
  writeFiles(folder, { ...formerParts(folder), ...parts, 'miaw-chat.js': code, ...page })
  return weighed
}
