import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createRedisRestServer, embeddedRedis } from '../redis/index.js'
import { type Api, createSalesforce } from '../salesforce/index.js'
import { serve } from './serve.js'

/** A Redis of this process behind Upstash's REST protocol, on a free loopback port. */
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

/** Settings for the demo page: files both ways, and a transcript to download. */
const demo = {
  attachments: { endUserToAgent: true, maxFileSize: 5 },
  allowTranscriptDownload: true,
}

/** A Salesforce of this process on a free loopback port, and its switches; it logs in there, too. */
export async function startSalesforce(api: Api) {
  const server = await serve((request) => salesforce.handle(request))
  const login = api === 'guide' ? newLogin(server.url) : undefined
  const salesforce = createSalesforce({ ...demo, api, ...(login && { guide: login.guide }) })
  const { orgId, esDeveloperName: deployment, handleControl, publishFiles } = salesforce
  const variables = { url: server.url, orgId, deployment, login: login?.variables }
  return { variables, handleControl, publishFiles, close: server.close }
}

/** A connected app with a key pair of its own: what Salesforce keeps of it, and what the gateway does. */
function newLogin(loginUrl: string) {
  const clientId = 'harbor-gateway'
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return {
    guide: { clientId, publicKey, loginUrl },
    variables: { url: loginUrl, clientId, signingKey },
  }
}
