/** Exports the browser client: `createChat`, and the types of everything that it shows. */

export type {
  Answer,
  Attachments,
  Availability,
  ConversationState,
  FormValue,
  Participant,
  PollReply,
  Prechat,
  ProblemCode,
  StartOptions,
} from './api-types.js'
export { type Chat, createChat } from './chat.js'
export type { TabClient, TabMessage, Tabs } from './coordination.js'
export { browser, type Environment, type PageChange } from './environment.js'
export type { Content } from './local-message.js'
export type * from './messages.js'
export type { ChatOptions } from './options.js'
export type { Deliver } from './outbox.js'
export { ChatProblem, type ProblemMembers } from './problem.js'
export type { IdentityToken } from './session.js'
export type { Activity, ChatMessage, Connection, Delivery, Snapshot } from './snapshot.js'
export type { ChatEvents } from './state.js'
export type { ChatStorage } from './storage.js'
