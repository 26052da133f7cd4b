/**
 * Runs the gateway and its pages as one Node process (`npm start`), behind a proxy that speaks TLS.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../lib/config/env.js'
import { services } from '../lib/services.js'
import { endpoints } from './endpoints.js'
import { readListenAddress } from './listen-address.js'
import { serve } from './serve.js'
import { createSite } from './site.js'
import { stopOnSignal } from './stop.js'

const publicFolder = fileURLToPath(new URL('../public', import.meta.url))
const missingBuildWarning =
  'There is no chat for pages to load: `npm run build` makes public/miaw-chat.js'

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const address = readListenAddress(process.env)
  services()
  if (!existsSync(`${publicFolder}/miaw-chat.js`)) console.warn(missingBuildWarning)
  const server = await serve(createSite(endpoints, publicFolder), address)
  console.log(`Listening on ${server.url}`)
  stopOnSignal(server)
}

/**
 * Tells whether the operator can fix an error: it is printed in one line, others with their stack.
 */
function isOperatorError(error: unknown): error is Error {
  return error instanceof EnvironmentError || (error instanceof Error && 'syscall' in error)
}

main().catch((error: unknown) => {
  console.error(isOperatorError(error) ? error.message : error)
  process.exit(1)
})
