/** What a chat and those who divide the reading among tabs ask of each other. */
import type { Environment } from './environment.js'
import type { ProblemMembers } from './problem.js'
import type { PollReply } from './wire.js'

/** A chat's place among the tabs of one conversation. */
export type Seat = {
  environment: Environment
  /** Reads from now on. */
  lead(): void
  /** Reads no more; another does. */
  follow(): void
  /** All that was read, as one page; null before the first. */
  share(): PollReply | null
  /**
   * Takes what another read, from a cursor or (`undefined`) as one whole. False when it does not join
   * what this one has: then the whole is needed.
   */
  take(page: PollReply, from: string | undefined): boolean
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

/** Sits down at the table of that name; without it, each tab reads for itself. */
export type Tabs = (name: string, seat: Seat) => { tell(news: News): void; close(): void }
