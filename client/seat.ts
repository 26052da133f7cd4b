/** What a chat and those who divide the reading among tabs ask of each other. */
import type { Environment } from './environment.js'
import type { ProblemMembers } from './problem.js'
import type { State } from './state.js'
import type { PollReply } from './wire.js'

/** A chat's place among the tabs of one conversation. */
export type Seat = {
  environment: Environment
  getSnapshot: State['getSnapshot']
  /** Reads from now on. */
  lead(): void
  /** Reads no more; another does. */
  follow(): void
  /** Up to where all is read, and from where history goes on. */
  place(): { cursor: string | undefined; before: string | null }
  /** Takes what another read: what follows upon `cursor`, or (`undefined`) one whole. */
  take(page: PollReply, from: string | undefined): void
  /** Takes what went wrong for the one who reads. */
  trouble(problem: ProblemMembers): void
  /** Somebody expects something. */
  hurry(): void
}

/** What one tab lets the others know. */
export type News =
  | { kind: 'page'; page: PollReply; from: string | undefined }
  | { kind: 'trouble'; problem: ProblemMembers }
  | { kind: 'hurry' }

/** Sits down at the table of a conversation; without it, each tab reads for itself. */
export type Tabs = (conversationId: string, seat: Seat) => { tell(news: News): void; close(): void }
