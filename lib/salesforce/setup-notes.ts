/**
 * Recognises faults of the set-up in the words of Salesforce's errors (`enhanced-chat-api.md §2`).
 * The words themselves go nowhere: the log gets a sentence of ours. Pure.
 */

const notes: readonly (readonly [words: RegExp, note: string])[] = [
  [
    /set the auth mode to false/i,
    'the channel wants verified users: set SALESFORCE_AUTH=verified, or switch Add User ' +
      'Verification off in the channel',
  ],
  [
    /orgid is required/i,
    'Salesforce misses the organisation id, which travels in the header X-Org-Id: check ' +
      'SALESFORCE_ORG_ID, and that no proxy removes the header',
  ],
  [
    /esdevelopername/i,
    'Salesforce knows no such deployment: check SALESFORCE_DEPLOYMENT, that its type is Custom ' +
      'Client (api), and that it is published',
  ],
  [/maximum length/i, 'a text is above the maximum length that Salesforce takes'],
  [
    /resource_exhausted/i,
    "a limit of the organisation's is reached (RESOURCE_EXHAUSTED): close conversations that are " +
      'left open, and wait up to 30 minutes',
  ],
]

/** Returns the sentence for the log about the body of an error; null when nothing is recognised. */
export function setupNoteOf(body: string): string | null {
  return notes.find(([words]) => words.test(body))?.[1] ?? null
}
