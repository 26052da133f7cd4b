/** `npm run openapi` ends here: writes the OpenAPI document of the gateway, `public/openapi.json`. */
import { writeFile } from 'node:fs/promises'
import { documentText, documentUrl } from './openapi/document.js'

await writeFile(documentUrl, await documentText())
console.log(`Written: ${documentUrl.pathname}`)
