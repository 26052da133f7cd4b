/** Writes the OpenAPI document, `public/openapi.json`: the second step of `npm run openapi`. */
import { writeFile } from 'node:fs/promises'
import { documentText, documentUrl } from './openapi/document.js'

await writeFile(documentUrl, await documentText())
console.log(`Written: ${documentUrl.pathname}`)
