/** Configures Salesforce and the gateway for the guide's dialect. */
import { generateKeyPairSync } from 'node:crypto'
import type { SalesforceOptions } from '../../sandbox/salesforce/index.js'

const clientId = 'connected-app'
export const loginUrl = 'https://login.salesforce.example'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const guideSalesforce: SalesforceOptions = {
  api: 'guide',
  guide: { clientId, publicKey, loginUrl },
}

export const guideEnv = {
  SALESFORCE_API: 'guide',
  SALESFORCE_LOGIN_URL: loginUrl,
  SALESFORCE_CLIENT_ID: clientId,
  SALESFORCE_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}
