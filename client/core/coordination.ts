/** Defines the interface between a chat and the code that divides the polling among tabs. */

import type { PollReply } from './api-types.js'
import type { Environment } from './environment.js'
import type { ProblemMembers } from './problem.js'
import type { State } from './state.js'

/** A chat's place among the tabs of one conversation. */
export type TabClient = {
  environment: Environment
  getSnapshot: State['getSnapshot']
  /** Reads from now on. */
  lead(): void
  /** Reads no more; another does. */
  follow(): void
  /** Up to where all is read, and from where history goes on. */
  position(): { cursor: string | undefined; before: string | null }
  /** Takes what another read: what follows upon `cursor`, or (`undefined`) one whole. */
  add(page: PollReply, from: string | undefined): void
  /** Takes what went wrong for the one who reads. */
  fail(problem: ProblemMembers): void
  /** Somebody expects something. */
  pollSoon(): void
}

/** A message from one tab to the others. */
export type TabMessage =
  | { kind: 'page'; page: PollReply; from: string | undefined }
  | { kind: 'problem'; problem: ProblemMembers }
  | { kind: 'pollSoon' }

/** Sits down at the table of a conversation; without it, each tab reads for itself. */
export type Tabs = (
  conversationId: string,
  tabClient: TabClient,
) => { post(message: TabMessage): void; close(): void }
