/** Describes a participant of a conversation (`enhanced-chat-api.md` §3.2). */
export type Participant = {
  role: string
  appType?: string | undefined
  subject?: string | undefined
  clientIdentifier?: string | null | undefined
}

/**
 * Describes a participant with the displayed name, which is never empty: clients throw on that
 * (§10.6).
 */
export type NamedParticipant = { displayName: string; participant: Participant }

/** Is the bot that serves first. */
export const bot: NamedParticipant = {
  displayName: 'Harbor Assistant',
  participant: { role: 'Chatbot', appType: 'chatbot', subject: '0XxZZ0000000001' },
}

/** Is the agent who takes over from the bot. */
export const defaultAgent: NamedParticipant = {
  displayName: 'Dana',
  participant: { role: 'Agent', appType: 'agent', subject: '005ZZ0000000001' },
}

/** Is the agent to whom agents transfer. */
export const transferAgent: NamedParticipant = {
  displayName: 'Lee',
  participant: { role: 'Agent', appType: 'agent', subject: '005ZZ0000000002' },
}

/** Is the supervisor who listens in. */
export const supervisor: NamedParticipant = {
  displayName: 'Sam',
  participant: { role: 'Supervisor', appType: 'agent', subject: '005ZZ0000000003' },
}

/** Describes the end user: Guest, even if verified, until linked to a contact (§1.5). */
export function endUser(subject: string): NamedParticipant {
  return {
    displayName: 'Guest',
    participant: { role: 'EndUser', appType: 'iamessage', subject },
  }
}

/** Describes Salesforce itself, which signs participant, routing and session entries. */
export function automatedProcess(orgId: string): NamedParticipant {
  return {
    displayName: 'Automated Process',
    participant: { role: 'System', appType: 'conversation', subject: orgId },
  }
}

/** Describes the part of Salesforce that routes, when it writes to the visitor. */
export function router(orgId: string): NamedParticipant {
  return {
    displayName: 'Router',
    participant: { role: 'Router', appType: 'conversation', subject: orgId },
  }
}
