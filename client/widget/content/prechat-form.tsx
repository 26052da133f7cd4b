import type { ChatProblem, Prechat } from '../../index.js'

type Props = {
  prechat: Prechat
  /** Why the answers were not accepted; its `errors` name the fields. */
  problem: ChatProblem | null
  onSubmit(routingAttributes: Record<string, string>): void
  onCancel(): void
}

/** The questions that are asked before a conversation, or a session, begins. */
export function PrechatForm({ prechat }: Props) {
  return <form>{prechat.fields.length}</form>
}
