/** The browser client: `createChat`, and the types of everything it shows. */
export { type Chat, createChat } from './chat.js'
export { browser, type Environment } from './environment.js'
export type { Content } from './local.js'
export type * from './messages.js'
export type { ChatOptions } from './options.js'
export type { Deliver } from './outbox.js'
export { ChatProblem, type ProblemMembers } from './problem.js'
export type { News, Seat, Tabs } from './seat.js'
export type { IdentityToken } from './session.js'
export type { ChatMessage, Connection, Delivery, Snapshot } from './snapshot.js'
export type { ChatEvents } from './state.js'
export type { ChatStorage } from './storage.js'
export type {
  Answer,
  Attachments,
  ConversationState,
  FormValue,
  PollReply,
  Prechat,
  ProblemCode,
  StartWish,
} from './wire.js'
