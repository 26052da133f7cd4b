import type { JSONWebKeySet } from 'jose'

/** Describes a pre-chat form as the token response carries it (`enhanced-chat-api.md` §1.5). */
export type PreChatForm = {
  formType: string
  displayContext: 'Conversation' | 'Session'
  formFields: { name: string; order: number; type: string; [field: string]: unknown }[]
}

/** Describes the key set that verifies the channel's users (§1.7): uploaded keys, or their URL. */
export type Verification = { keySetName: string; issuer: string } & (
  | { jwks: JSONWebKeySet }
  | { jwksUrl: string }
)

/** Is in epoch milliseconds; open when `startTime` ≤ now < `endTime` (§2.18). */
export type OpenInterval = { startTime: number; endTime: number }

/** Holds the settings of the org and its deployment, as in Setup; everything has a default. */
export type DeploymentOptions = {
  orgId?: string
  esDeveloperName?: string
  authMode?: 'UnAuth' | 'Auth'
  /** Is absent on an `Auth` channel without a linked key set, which verifies no user. */
  verification?: Verification
  forms?: PreChatForm[]
  choiceListConfig?: Record<string, unknown> | null
  /** Has `maxFileSize` in megabytes (inferred, §1.5); null is 5. */
  attachments?: { endUserToAgent: boolean; maxFileSize: number | null } | null
  allowTranscriptDownload?: boolean
  /** Is the org's CORS allow-list (§1.2): origins such as `https://shop.example`. */
  allowedOrigins?: string[]
}

/** Names the deployment that `createDeployment` returns. */
export type Deployment = ReturnType<typeof createDeployment>

/** Fills in all defaults of a deployment. */
export function createDeployment(options: DeploymentOptions) {
  return {
    orgId: options.orgId ?? '00DZZ0000000AbC',
    esDeveloperName: options.esDeveloperName ?? 'Harbor_Custom_Client',
    channelAddressIdentifier: '0d5e6a4c-8f0b-4f53-9c55-3f4a2f1f0b77',
    authMode: options.authMode ?? 'UnAuth',
    verification: options.verification ?? null,
    forms: options.forms ?? [],
    choiceListConfig: options.choiceListConfig ?? null,
    attachments: options.attachments ?? null,
    allowTranscriptDownload: options.allowTranscriptDownload ?? false,
    allowedOrigins: options.allowedOrigins ?? [],
  }
}

/**
 * Returns the deployment's configuration, as a token response and the public configuration carry it
 * (§1.5, §2.18).
 */
export function embeddedServiceConfig(deployment: Deployment) {
  return {
    name: deployment.esDeveloperName,
    deploymentType: 'api',
    embeddedServiceMessagingChannel: {
      channelAddressIdentifier: deployment.channelAddressIdentifier,
      authMode: deployment.authMode,
    },
    forms: deployment.forms,
    choiceListConfig: deployment.choiceListConfig,
    attachments: deployment.attachments,
    transcript: { allowTranscriptDownload: deployment.allowTranscriptDownload },
  }
}
