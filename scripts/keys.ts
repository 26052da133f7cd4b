/**
 * Prints a new signing key for verified mode as the lines that `.env` needs (`npm run keys
 * [name]`). To rotate, put the new blocks before the old ones.
 */
import { randomUUID } from 'node:crypto'
import { makeSigningKey, onOneLine } from './signing-keys.js'

const [name = 'miaw-gateway'] = process.argv.slice(2)
const { key, certificate } = await makeSigningKey(name)

console.log(`SALESFORCE_AUTH=verified
SALESFORCE_KEY_ISSUER=${name}
SALESFORCE_KEY_ID=${randomUUID()}
SALESFORCE_SIGNING_KEY=${onOneLine(key)}
SALESFORCE_CERTIFICATE=${onOneLine(certificate)}`)
console.error(`
Register the key set in Salesforce Setup → User Verification (JSON Web Key Sets): issuer "${name}",
key set URL https://<your deployment>/.well-known/jwks.json; then link it to the messaging channel.`)
