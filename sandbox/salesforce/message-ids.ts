import { randomUUID } from 'node:crypto'
import type { NamedParticipant } from './participants.js'
import type { SandboxState } from './sandbox-state.js'

/**
 * Returns a new id for a message of this author. Those of bots are no UUIDs but such as
 * `1795000000000-REQ-1`, unless switched; `timestamp` is on Salesforce's clock.
 */
export function newMessageId(
  sandbox: SandboxState,
  author: NamedParticipant,
  timestamp: number,
): string {
  const isOpaque =
    author.participant.role === 'Chatbot' && sandbox.switches.botMessageIds === 'opaque'
  if (!isOpaque) return randomUUID()
  sandbox.lastBotMessageNumber += 1
  return `${timestamp}-REQ-${sandbox.lastBotMessageNumber}`
}
