/**
 * Builds the npm package into `dist/`, the element and the demo page into `public/`, and on Vercel
 * the functions (`npm run build`).
 */
import { join } from 'node:path'
import { root } from './build/bundle.js'
import { bundleFunctions, isVercelBuild } from './build/functions.js'
import { buildPackage } from './build/package.js'
import { buildPage } from './build/page.js'

await buildPackage(join(root, 'dist'))
for (const { name, bytes, budget } of await buildPage(join(root, 'public'), process.env)) {
  console.log(`${name}: ${bytes} bytes gzipped, of at most ${budget}`)
}
if (isVercelBuild(process.env)) await bundleFunctions(root)
