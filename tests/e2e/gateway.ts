/** The gateway over the local Salesforce, in this process. */
import { startDev } from '../../sandbox/server/start.js'
import { type Sandbox, sandboxAt } from './sandbox.js'

export type GatewayOptions = {
  /** Of the gateway. */
  env?: Record<string, string>
  /** Of the sandbox; left out: it answers at once, and refuses nobody for haste. */
  switches?: object
  /** What is served beside the endpoints; left out: `public/`, built anew. */
  publicFiles?: string
}

export type Gateway = { origin: string; sandbox: Sandbox; close(): Promise<unknown> }

/** What would lead the local server to a Redis or a Salesforce of somebody's own. */
const foreignVariables = /^(SALESFORCE_|UPSTASH_|KV_REST_|SESSION_SECRET$|ALLOWED_ORIGINS$)/

/** All visitors of a file come from one address, and are in a hurry. */
const limits = {
  auth: [500, '1 m'],
  startAddress: [500, '1 m'],
  send: [500, '1 m'],
  poll: [5000, '1 m'],
}

const unlimited = {
  messagesPerMinute: null,
  conversationsPer30Seconds: null,
  tokensPerMinute: null,
}
const quick = { botDelayMs: 20, visibilityLagMs: 0, limits: unlimited }

/** Starts it on a free port; it makes up everything it needs. Once for a process: endpoints read its environment. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { env = {}, switches = quick, publicFiles } = options
  for (const name of Object.keys(process.env)) {
    if (foreignVariables.test(name)) delete process.env[name]
  }
  Object.assign(process.env, { LIMITS: JSON.stringify(limits), ...env })
  const deployment = publicFiles === undefined ? {} : { publicFiles }
  const dev = await startDev({ env: process.env, port: 0, log: () => {}, deployment })
  const { origin } = new URL(dev.addresses.page)
  const sandbox = sandboxAt(origin)
  await sandbox('PATCH', '/switches', switches)
  return { origin, sandbox, close: dev.close }
}
