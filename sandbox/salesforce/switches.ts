import * as z from 'zod'

const milliseconds = z.int().min(0)
const range = z
  .strictObject({ minimum: milliseconds, maximum: milliseconds })
  .refine(({ minimum, maximum }) => minimum <= maximum, { error: 'minimum is above maximum' })
const allowance = z.int().min(1).nullable()

/**
 * Switches for what differs between organisations, or changes over time; each can be set while the
 * sandbox runs.
 */
export const switchesSchema = z.strictObject({
  /**
   * Refuses unknown properties on create (§7a), and keys without `x5c` (§1.7); else they are ignored
   * and accepted. In the guide's dialect it refuses unknown
   * properties everywhere, and selections that were not offered.
   */
  strict: z.boolean(),
  /** Stores a repeated `message.id` a second time instead of once (§7a: once, without a promise). */
  storesDuplicates: z.boolean(),
  /**
   * Decides if `startTimestamp` and `endTimestamp` include their own millisecond (§3.7: not
   * evidenced).
   */
  bounds: z.enum(['inclusive', 'exclusive']),
  /**
   * Lists every entry of a page twice; the page keeps its limit. In the guide's dialect the last
   * three messages up to the one named by `after` are listed again, too.
   */
  listRepeatsEntries: z.boolean(),
  /** Lists entries of one millisecond in another order each time. */
  listShufflesTies: z.boolean(),
  /** Counts the messages up to the one named by `after` that the guide's dialect lists again. */
  afterRepeats: z.int().min(0),
  /**
   * Is the host that `context.url` of the guide's dialect names; null is the one that was called.
   */
  contextUrl: z.string().min(1).nullable(),
  /** Delays an entry's listing: by a fixed time, or by one drawn for each entry. */
  visibilityLagMs: z.union([milliseconds, range]),
  /** Delays the bot or agent before joining and answering. */
  botDelayMs: milliseconds,
  /** Decides the ids of bots' messages: such as `1795000000000-REQ-1` (seen in 2026), or UUIDs. */
  botMessageIds: z.enum(['opaque', 'uuid']),
  /** Is Salesforce's clock minus ours. */
  clockSkewMs: z.int(),
  guestTokenLifeSeconds: z.int().min(1),
  /** Is the channel's "Authorization Token Expiration Time for Verified Users" (§1.6). */
  verifiedTokenLifeSeconds: z.int().min(1),
  /**
   * Decides the answer to an identity token that proves nothing: a guest's token with 200, or
   * 400/401 (§1.5).
   */
  verifiedFailure: z.enum(['guest', 'error']),
  /** Is the status of a conversation that is created: both were seen. */
  createStatus: z.union([z.literal(200), z.literal(201)]),
  /** Is the status of a message that is accepted: each was seen. */
  sendStatus: z.union([z.literal(200), z.literal(201), z.literal(202)]),
  /** Is the status of a conversation that is closed: each was seen. */
  closeStatus: z.union([z.literal(200), z.literal(202), z.literal(204)]),
  /**
   * Decides the answer to a create with a known id: the same as to the first one (§7a), or 409 whose
   * ever it is (seen with an older API).
   */
  repeatedCreate: z.enum(['accepted', 'conflict']),
  /**
   * Decides what a message does when no session runs: it opens one, or it is refused with 403 (as
   * when the session has just ended, seen in code) unless it asks for a new session.
   */
  messageWithoutSession: z.enum(['opensSession', 'refused']),
  /** Makes lists show that the visitor closed the conversation; streams always do. */
  listsCloseConversation: z.boolean(),
  /** Lists the types of files that sendFile refuses with 415; the real list is not evidenced. */
  refusedFileTypes: z.array(z.string()),
  /**
   * Are the hours of the channel (§2.18), epoch milliseconds; null is always. A conversation that is
   * created outside them is refused with 412 (measured 2026).
   */
  businessHours: z.array(z.strictObject({ startTime: z.int(), endTime: z.int() })).nullable(),
  /**
   * Asks a form with every type of field before each conversation, or for each session; null leaves
   * the deployment's own forms.
   */
  preChat: z.enum(['conversation', 'session']).nullable(),
  /** Is the interval of a stream's pings; not evidenced. */
  pingEveryMs: z.int().min(1),
  /** Holds what event streams do; how real ones replay and compete is not known (§4). */
  stream: z.strictObject({
    /** Decides the answer to an opening: a stream, 503, or none. */
    opening: z.enum(['accepted', 'refused', 'hanging']),
    /**
     * Decides the events that a stream repeats: those after `Last-Event-Id`, none, or all of the
     * subject.
     */
    replay: z.enum(['afterLastEventId', 'none', 'everything']),
    /** Cuts a stream so long after its opening; null never does. */
    endsAfterMs: z.int().min(1).nullable(),
    /** Cuts a stream after so many events, pings not counted; null never does. */
    endsAfterEvents: z.int().min(1).nullable(),
    /** Closes the earlier stream of a subject when it opens another. */
    replacesEarlier: z.boolean(),
  }),
  /**
   * Holds the limits of §6, and that of lists per conversation; null switches a limit off. A list
   * every second was refused with 429, five conversations every 3 s were not (measured 2026).
   */
  limits: z.strictObject({
    listsPerMinute: allowance,
    messagesPerMinute: allowance,
    conversationsPer30Seconds: allowance,
    tokensPerMinute: allowance,
    /** Counts the org's open conversations: errors named RESOURCE_EXHAUSTED were seen above it. */
    openConversations: allowance,
  }),
  /** Is the `Retry-After` of a call over a limit; null sends none (none was ever seen). */
  retryAfterSeconds: z.int().min(0).nullable(),
})

/** Parses a change of some switches, as `PATCH /__sandbox/switches` takes it. */
export const switchesPatchSchema = switchesSchema
  .extend({
    limits: switchesSchema.shape.limits.partial(),
    stream: switchesSchema.shape.stream.partial(),
  })
  .partial()

/** Holds every switch. */
export type Switches = z.infer<typeof switchesSchema>
/** Holds the switches to set. */
export type SwitchesPatch = z.input<typeof switchesPatchSchema>

/** Returns the defaults of `enhanced-chat-api.md` §6 and §7a. */
export function defaultSwitches(): Switches {
  return {
    strict: true,
    storesDuplicates: false,
    bounds: 'inclusive',
    listRepeatsEntries: false,
    listShufflesTies: false,
    afterRepeats: 1,
    contextUrl: null,
    visibilityLagMs: { minimum: 20, maximum: 500 },
    botDelayMs: 600,
    botMessageIds: 'opaque',
    clockSkewMs: 0,
    guestTokenLifeSeconds: 6 * 60 * 60,
    verifiedTokenLifeSeconds: 60 * 60,
    verifiedFailure: 'guest',
    createStatus: 201,
    sendStatus: 202,
    closeStatus: 204,
    repeatedCreate: 'accepted',
    messageWithoutSession: 'opensSession',
    listsCloseConversation: true,
    refusedFileTypes: ['application/x-msdownload', 'text/html', 'text/javascript', 'image/svg+xml'],
    businessHours: null,
    preChat: null,
    pingEveryMs: 15_000,
    stream: {
      opening: 'accepted',
      replay: 'afterLastEventId',
      endsAfterMs: null,
      endsAfterEvents: null,
      replacesEarlier: false,
    },
    limits: {
      listsPerMinute: 30,
      messagesPerMinute: 22,
      conversationsPer30Seconds: 3,
      tokensPerMinute: 200,
      openConversations: null,
    },
    retryAfterSeconds: null,
  }
}

/**
 * Answers and lists everything in the millisecond it happens, as often as it is asked for, for tests
 * that do not wait.
 */
export const instant = {
  botDelayMs: 0,
  visibilityLagMs: 0,
  limits: { listsPerMinute: null },
} satisfies SwitchesPatch

/** Changes the named switches in place, and no others. */
export function patchSwitches(switches: Switches, patch: SwitchesPatch): void {
  const { limits, stream, ...rest } = switchesPatchSchema.parse(patch)
  Object.assign(switches, rest)
  Object.assign(switches.limits, limits)
  Object.assign(switches.stream, stream)
}
