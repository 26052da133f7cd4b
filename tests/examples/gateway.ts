/** What the examples talk to: the gateway over the sandbox's Salesforce, in this process. */
import { instant } from '../../sandbox/salesforce/index.js'
import { startDev } from '../../sandbox/server/start.js'
import { forgetForeignVariables } from '../e2e/own-environment.js'

export type Gateway = Awaited<ReturnType<typeof startGateway>>

/** Its bot answers at once. `publicFiles`: what is served beside the doors, such as an example's pages. */
export async function startGateway(publicFiles = 'public') {
  forgetForeignVariables()
  const dev = await startDev({ env: process.env, port: 0, log: () => {}, folders: { publicFiles } })
  const { origin } = new URL(dev.addresses.page)
  const { ok } = await fetch(`${origin}/__sandbox/switches`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(instant),
  })
  if (!ok) throw new Error('The sandbox did not take its switches')
  return { origin, close: dev.close }
}
