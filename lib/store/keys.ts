export type Keys = ReturnType<typeof createKeys>

/**
 * Names the keys. A visitor's keys share a hash tag, so that a cluster keeps them together; the
 * prefix separates deployments that share a database.
 */
export function createKeys(prefix: string) {
  return {
    /** Names one hash per visitor: see `record.ts`. */
    visitor: (visitorId: string) => `${prefix}:visitor:{${visitorId}}`,
    /** Names one refresh family of a visitor. */
    family: (visitorId: string, family: string) => `${prefix}:family:{${visitorId}}:${family}`,
    /**
     * Names the state of one message. It is not keyed by visitor, because a guest's conversation
     * may pass to another visitor.
     */
    send: (conversationId: string, messageId: string) =>
      `${prefix}:send:{${conversationId}}:${messageId}`,
    /** Names the gateway's ids of a conversation's messages, by Salesforce's ids. */
    messageIds: (conversationId: string) => `${prefix}:listed:{${conversationId}}`,
    /** Names messages of a conversation whose Salesforce ids are not known yet. */
    pendingMessages: (conversationId: string) => `${prefix}:unlisted:{${conversationId}}`,
    /** Names what is present while Salesforce got a typing indicator a moment ago. */
    typingThrottle: (visitorId: string, conversationId: string) =>
      `${prefix}:typing:{${visitorId}}:${conversationId}:lately`,
    /** Names what is present while Salesforce does not know that the visitor stopped typing. */
    typingShown: (visitorId: string, conversationId: string) =>
      `${prefix}:typing:{${visitorId}}:${conversationId}:shown`,
    /** Names what is present while one process does `what` for a visitor. */
    lock: (visitorId: string, what: string) => `${prefix}:lock:{${visitorId}}:${what}`,
    /** Names the visitor who owns a conversation. */
    owner: (conversationId: string) => `${prefix}:owner:${conversationId}`,
    /** Names the business hours of a deployment. */
    hours: (deployment: string) => `${prefix}:hours:${deployment}`,
    /**
     * Names the times of Salesforce token requests, over all instances: of all, of starts, of one
     * network.
     */
    tokens: (deployment: string, what: string) => `${prefix}:tokens:{${deployment}}:${what}`,
    /** Names the budget of looks into Salesforce's list of one conversation. */
    list: (visitorId: string, conversationId: string) =>
      `${prefix}:list:{${visitorId}}:${conversationId}`,
    /** Names the leases of a visitor's polls that wait. */
    waits: (visitorId: string) => `${prefix}:waits:{${visitorId}}`,
    /**
     * Names the times of the calls that one counter of a limit holds: of a visitor, conversation or
     * network.
     */
    limit: (name: string, holder: string, what: string) =>
      `${prefix}:limit:${name}:{${holder}}:${what}`,
  }
}
