/** Runs the gateway with the local Salesforce in this process. */
import { startDev } from '../../sandbox/server/start.js'
import { type Sandbox, sandboxAt } from './sandbox.js'

export type GatewayOptions = {
  /** The gateway's environment. */
  env?: Record<string, string>
  /** The sandbox's switches; by default it responds at once and has no rate limits. */
  switches?: object
  /** A folder that is served beside the endpoints; by default `public/`, which is rebuilt. */
  publicFiles?: string
}

export type Gateway = { origin: string; sandbox: Sandbox; close(): Promise<unknown> }

/** Variables that would lead the local server to a real Redis or Salesforce. */
const foreignVariables = /^(SALESFORCE_|UPSTASH_|KV_REST_|SESSION_SECRET$|ALLOWED_ORIGINS$)/

/** Limits for a test file whose visitors share one address and send without pauses. */
const limits = {
  list: [1_000_000, '1 m'],
  auth: [500, '1 m'],
  startAddress: [500, '1 m'],
  send: [500, '1 m'],
  poll: [5000, '1 m'],
}

const unlimited = {
  listsPerMinute: null,
  messagesPerMinute: null,
  conversationsPer30Seconds: null,
  tokensPerMinute: null,
}
export const quick = {
  botDelayMs: 20,
  visibilityLagMs: 0,
  limits: unlimited,
}

/** Starts the gateway on a free port with made-up settings. Once for a process: endpoints read its environment. */
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
