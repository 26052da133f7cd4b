/** `npm run openapi` begins here: writes the list of endpoints, `platforms/endpoints.ts`. */
import { writeFile } from 'node:fs/promises'
import { endpointListText, endpointListUrl } from './endpoints/list.js'

await writeFile(endpointListUrl, endpointListText())
console.log(`Written: ${endpointListUrl.pathname}`)
