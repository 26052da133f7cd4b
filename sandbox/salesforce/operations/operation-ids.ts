/**
 * Lists every operation of the reference by the OpenAPI document's `operationId`
 * (`enhanced-chat-api.md` §0).
 */
export const operationIds = [
  'generateAccessTokenForUnauthenticatedUser',
  'generateAccessTokenForAuthenticatedUser',
  'revokeToken',
  'generateContinuationToken',
  'getAuthLink',
  'createConversation',
  'listConversations',
  'retrieveConversationRoutingStatus',
  'listConversationEntries',
  'sendMessage',
  'sendFile',
  'addTypingIndicator',
  'acknowledgeEntries',
  'closeConversation',
  'endMessagingSession',
  'retrieveConversationTranscript',
  'serverSentEvents',
  'getEmbeddedServiceConfig',
  'getBusinessHours',
] as const

/** Names an operation. */
export type OperationId = (typeof operationIds)[number]
