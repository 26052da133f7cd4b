/** Defines the interface between a chat and the code that divides the polling among tabs. */

import type { PollReply } from './api-types.js'
import type { Environment } from './environment.js'
import type { ProblemMembers } from './problem.js'
import type { State } from './state.js'

/** Represents a chat among the tabs of one conversation. */
export type TabClient = {
  environment: Environment
  getSnapshot: State['getSnapshot']
  /** Starts polling in this tab. */
  lead(): void
  /** Stops polling in this tab: another one polls. */
  follow(): void
  /** Returns the cursor up to which all is read, and the one at which older messages continue. */
  position(): { cursor: string | undefined; before: string | null }
  /**
   * Adds a page that another tab read. It follows the cursor `from`; a page without `from` has all
   * messages of that tab.
   */
  add(page: PollReply, from: string | undefined): void
  /** Reports a problem of the tab that polls. */
  fail(problem: ProblemMembers): void
  /** Brings the next poll forward, because a tab expects a message. */
  pollSoon(): void
}

/** Describes a message from one tab to the others. */
export type TabMessage =
  | { kind: 'page'; page: PollReply; from: string | undefined }
  | { kind: 'problem'; problem: ProblemMembers }
  | { kind: 'pollSoon' }

/** Joins the tabs of a conversation. Without it, each tab polls for itself. */
export type Tabs = (
  conversationId: string,
  tabClient: TabClient,
) => { post(message: TabMessage): void; close(): void }
