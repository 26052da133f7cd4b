/** A participant of a conversation (`enhanced-chat-api.md` §3.2). */
export type Participant = {
  role: string
  appType?: string | undefined
  subject?: string | undefined
  clientIdentifier?: string | null | undefined
}

/** A participant with the name that is shown; never empty, since clients throw on that (§10.6). */
export type NamedParticipant = { displayName: string; participant: Participant }

/** The bot that serves first. */
export const bot: NamedParticipant = {
  displayName: 'Harbor Assistant',
  participant: { role: 'Chatbot', appType: 'chatbot', subject: '0XxZZ0000000001' },
}

/** The agent who takes over from the bot. */
export const defaultAgent: NamedParticipant = {
  displayName: 'Dana',
  participant: { role: 'Agent', appType: 'agent', subject: '005ZZ0000000001' },
}

/** The agent to whom agents transfer. */
export const transferAgent: NamedParticipant = {
  displayName: 'Lee',
  participant: { role: 'Agent', appType: 'agent', subject: '005ZZ0000000002' },
}

/** The end user: shown as Guest, a verified one too until linked to a contact (§1.5). */
export function endUser(subject: string): NamedParticipant {
  return {
    displayName: 'Guest',
    participant: { role: 'EndUser', appType: 'iamessage', subject },
  }
}

/** Salesforce itself; it signs participant, routing and session entries. */
export function automatedProcess(orgId: string): NamedParticipant {
  return {
    displayName: 'Automated Process',
    participant: { role: 'System', appType: 'conversation', subject: orgId },
  }
}
