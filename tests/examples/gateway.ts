/** What the examples talk to: the gateway over the sandbox's Salesforce, in this process. */
import { startDev } from '../../sandbox/server/start.js'
import { forgetForeignVariables } from '../e2e/own-environment.js'

export type Gateway = Awaited<ReturnType<typeof startGateway>>

/** @param publicFiles what is served beside the doors: the example's folder, where it has pages */
export async function startGateway(publicFiles = 'public') {
  forgetForeignVariables()
  const dev = await startDev({ env: process.env, port: 0, log: () => {}, folders: { publicFiles } })
  const { origin } = new URL(dev.addresses.page)
  return { origin, close: dev.close }
}
