import type { JSONWebKeySet } from 'jose'

/** A pre-chat form as the token answer carries it (`enhanced-chat-api.md` §1.5). */
export type PreChatForm = {
  formType: string
  displayContext: 'Conversation' | 'Session'
  formFields: { name: string; order: number; type: string; [field: string]: unknown }[]
}

/** The key set that the channel verifies its users with (§1.7): uploaded keys, or where they are. */
export type Verification = { keySetName: string; issuer: string } & (
  | { jwks: JSONWebKeySet }
  | { jwksUrl: string }
)

/** Epoch milliseconds; open when `startTime` ≤ now < `endTime` (§2.18). */
export type OpenInterval = { startTime: number; endTime: number }

/** Settings of the organisation and its deployment, as in Setup; everything has a default. */
export type DeploymentOptions = {
  orgId?: string
  esDeveloperName?: string
  authMode?: 'UnAuth' | 'Auth'
  /** Left out on an `Auth` channel: no key set is linked, so nobody is ever verified. */
  verification?: Verification
  forms?: PreChatForm[]
  choiceListConfig?: Record<string, unknown> | null
  /** `maxFileSize` in megabytes (inferred, §1.5); null is 5. */
  attachments?: { endUserToAgent: boolean; maxFileSize: number | null } | null
  allowTranscriptDownload?: boolean
  /** The org's CORS allow-list (§1.2): origins such as `https://shop.example`. */
  allowedOrigins?: string[]
}

/** The deployment as it was set up. */
export type Deployment = ReturnType<typeof createDeployment>

/** The deployment with all defaults filled in. */
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
