/** `npm run build`: the browser client into `dist/`, minified, with its types. */
import { buildClient } from './build/client.js'

for (const { name, bytes, budget } of await buildClient('dist/client')) {
  console.log(`${name}: ${bytes} bytes gzipped, of at most ${budget}`)
}
