import { randomBytes } from 'node:crypto'
import { createRedisFront, embeddedRedis } from '../redis/index.js'
import { createSalesforce } from '../salesforce/index.js'
import { serve } from './serve.js'

/** A Redis of this process behind Upstash's REST protocol, on a free loopback port. */
export async function startRedis() {
  const token = randomBytes(24).toString('hex')
  const backend = embeddedRedis()
  const server = await serve(createRedisFront({ ...backend, token }).handle)
  return {
    variables: { url: server.url, token },
    async close() {
      await server.close()
      backend.close()
    },
  }
}

/** What a demo wants to show: files both ways, and the transcript to take home. */
const demo = {
  attachments: { endUserToAgent: true, maxFileSize: 5 },
  allowTranscriptDownload: true,
}

/** A Salesforce of this process on a free loopback port, and its switches. */
export async function startSalesforce() {
  const salesforce = createSalesforce(demo)
  const server = await serve(salesforce.handle)
  const { orgId, esDeveloperName: deployment, handleControl, publishFiles } = salesforce
  const variables = { url: server.url, orgId, deployment }
  return { variables, handleControl, publishFiles, close: server.close }
}
