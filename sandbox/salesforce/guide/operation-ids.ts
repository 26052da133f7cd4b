/** Lists every operation of the guide's dialect, in the order of its calls (`guide-dialect.md`). */
export const guideOperationIds = [
  'exchangeAssertion',
  'authorize',
  'startConversation',
  'postMessage',
  'listMessages',
  'endConversation',
] as const

/** Names an operation of the guide's dialect. */
export type GuideOperationId = (typeof guideOperationIds)[number]
