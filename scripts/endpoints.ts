/** Writes the registry of endpoints and the function that some share: the first step of `npm run openapi`. */
import { writeFile } from 'node:fs/promises'
import {
  endpointListText,
  endpointListUrl,
  sharedFunctionText,
  sharedFunctionUrl,
} from './endpoints/list.js'

const generated = [
  [endpointListUrl, endpointListText()],
  [sharedFunctionUrl, sharedFunctionText()],
] as const

for (const [url, text] of generated) {
  await writeFile(url, text)
  console.log(`Written: ${url.pathname}`)
}
