/** Runs the gateway and all that it needs on this machine until Ctrl-C (`npm run dev`). */
import { existsSync } from 'node:fs'
import { EnvironmentError } from '../lib/config/env.js'
import { readListenAddress } from '../platforms/listen-address.js'
import { DevError } from './server/environment.js'
import { startDev } from './server/start.js'

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { port } = readListenAddress(process.env)
  const dev = await startDev({ env: process.env, port, log: (line) => console.log(line) })
  const stop = async () => {
    await dev.close()
    process.exit(0)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

main().catch((error: unknown) => {
  const isUserError = error instanceof DevError || error instanceof EnvironmentError
  console.error(isUserError ? error.message : error)
  process.exit(1)
})
