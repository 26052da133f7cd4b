/** `npm start`: the gateway and its pages as one Node process, behind a proxy that speaks TLS. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../lib/config/env.js'
import { services } from '../lib/services.js'
import { doors } from './doors.js'
import { readPlace } from './place.js'
import { serve } from './serve.js'
import { createSite } from './site.js'
import { stopOnSignal } from './stop.js'

const publicFolder = fileURLToPath(new URL('../public', import.meta.url))
const unbuilt = 'There is no chat for pages to load: `npm run build` makes public/miaw-chat.js'

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const place = readPlace(process.env)
  services()
  if (!existsSync(`${publicFolder}/miaw-chat.js`)) console.warn(unbuilt)
  const server = await serve(createSite(doors, publicFolder), place)
  console.log(`Listening on ${server.url}`)
  stopOnSignal(server)
}

/** What an operator can put right is told in one line; the rest with its stack. */
function isOperators(error: unknown): error is Error {
  return error instanceof EnvironmentError || (error instanceof Error && 'syscall' in error)
}

main().catch((error: unknown) => {
  console.error(isOperators(error) ? error.message : error)
  process.exit(1)
})
