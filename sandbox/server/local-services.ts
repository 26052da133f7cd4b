import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createRedisRestServer, embeddedRedis } from '../redis/index.js'
import { type Api, createSalesforce } from '../salesforce/index.js'
import { serve } from './serve.js'

/** Starts a Redis in this process with Upstash's REST protocol, on a free loopback port. */
export async function startRedis() {
  const token = randomBytes(24).toString('hex')
  const backend = embeddedRedis()
  const server = await serve(createRedisRestServer({ ...backend, token }).handle)
  return {
    variables: { url: server.url, token },
    async close() {
      await server.close()
      backend.close()
    },
  }
}

/** Enables files both ways and the transcript's download on the demo page. */
const demo = {
  attachments: { endUserToAgent: true, maxFileSize: 5 },
  allowTranscriptDownload: true,
}

/**
 * Starts a Salesforce in this process on a free loopback port, with its switches and its login.
 * @param allowedOrigins - lists the origins whose pages may call it
 */
export async function startSalesforce(api: Api, allowedOrigins: string[]) {
  const server = await serve((request) => salesforce.handle(request))
  const login = api === 'guide' ? newLogin(server.url) : undefined
  const salesforce = createSalesforce({
    ...demo,
    api,
    allowedOrigins,
    ...(login && { guide: login.guide }),
  })
  const { orgId, esDeveloperName: deployment, handleControl, publishFiles } = salesforce
  const variables = { url: server.url, orgId, deployment, login: login?.variables }
  return { variables, handleControl, publishFiles, close: server.close }
}

/** Creates a connected app with a new key pair: Salesforce's half, and the gateway's half. */
function newLogin(loginUrl: string) {
  const clientId = 'harbor-gateway'
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return {
    guide: { clientId, publicKey, loginUrl },
    variables: { url: loginUrl, clientId, signingKey },
  }
}
