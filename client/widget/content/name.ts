import type { ChatMessage } from '../../core/index.js'
import type { Texts } from '../texts/en.js'

/**
 * Returns the sender's name for people: the visitor is "You", others have a name or else a role.
 */
export function nameOf(
  { role, displayName }: Pick<ChatMessage['sender'], 'role' | 'displayName'>,
  texts: Texts,
): string {
  if (role === 'EndUser') return texts.you
  return displayName || texts.roles[role] || texts.someone
}
