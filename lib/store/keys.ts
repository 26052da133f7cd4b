/**
 * The names of the keys. A visitor's keys share a hash tag, so that a cluster keeps them together;
 * the prefix separates deployments that share a database.
 */
export type Keys = ReturnType<typeof createKeys>

export function createKeys(prefix: string) {
  return {
    /** One hash per visitor: see `records.ts`. */
    visitor: (visitorId: string) => `${prefix}:visitor:{${visitorId}}`,
    /** One refresh family of a visitor. */
    family: (visitorId: string, family: string) => `${prefix}:family:{${visitorId}}:${family}`,
    /**
     * State of one message. It is not keyed by visitor, because a guest's conversation may pass to
     * another visitor.
     */
    send: (conversationId: string, messageId: string) =>
      `${prefix}:send:{${conversationId}}:${messageId}`,
    /** Our ids of a conversation's messages, by the names Salesforce gave them. */
    messageIds: (conversationId: string) => `${prefix}:listed:{${conversationId}}`,
    /** Messages of a conversation whose names are not known yet. */
    pendingMessages: (conversationId: string) => `${prefix}:unlisted:{${conversationId}}`,
    /** Present while Salesforce got a typing indicator a moment ago. */
    typingThrottle: (visitorId: string, conversationId: string) =>
      `${prefix}:typing:{${visitorId}}:${conversationId}:lately`,
    /** Present while Salesforce does not know that the visitor stopped typing. */
    typingShown: (visitorId: string, conversationId: string) =>
      `${prefix}:typing:{${visitorId}}:${conversationId}:shown`,
    /** One process at a time does this for a visitor. */
    lock: (visitorId: string, what: string) => `${prefix}:lock:{${visitorId}}:${what}`,
    /** Which visitor a conversation belongs to. */
    owner: (conversationId: string) => `${prefix}:owner:${conversationId}`,
    /** Business hours of a deployment. */
    hours: (deployment: string) => `${prefix}:hours:${deployment}`,
    /** Times of Salesforce token requests, over all instances. */
    tokens: (deployment: string, what: string) => `${prefix}:tokens:{${deployment}}:${what}`,
    /** Prefix of the counters of one limit. */
    limit: (name: string) => `${prefix}:limit:${name}`,
  }
}
