/**
 * Writes visitors' records; see `record.ts` for what they hold, `record-reads.ts` for reading, and
 * `record-changes.ts` for what holds after each change.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import {
  type Attributes,
  fieldsOfConversation,
  hasOwnToken,
  type Offer,
  type SealedToken,
  type StoredConversation,
  serialise,
  tokenField,
} from './record.js'
import { createRecordChanges } from './record-changes.js'
import type { RecordLifetime } from './record-lifetime.js'
import { createRecordReads } from './record-reads.js'
import { luaNow, orStoreUnavailable, readReply } from './redis.js'
import { createTombstones } from './tombstones.js'

type Options = {
  redis: Redis
  keys: Keys
  recordLifetime: RecordLifetime
  /** Holds the lifetime of the mark that a conversation id is a visitor's. */
  ownerMs: number
  tombstoneMs: number
  /** Reads the shared clock. */
  now: () => number
}

/** Holds the values that a conversation is created with. */
type Beginning = { token: SealedToken; offer: Offer; routingAttributes: Attributes }

/** Holds what passes with a conversation to another visitor. */
type Belongings = { token: SealedToken | null; routingAttributes: Attributes }

/** Returns the moment of a sign-in by Redis' clock, which is the one of sign-outs, too. */
const signInScript = `${luaNow}
return math.max(now, tonumber(redis.call('HGET', KEYS[1], 'out') or 0) + 1)
`

export type Records = ReturnType<typeof createRecords>

/** Returns the fields that hold a conversation; its routing values, where they are known. */
function storedFields(
  { routingAttributes: early, ...conversation }: StoredConversation,
  routingAttributes: Attributes | undefined = early,
): Record<string, string> {
  const fields = fieldsOfConversation(conversation.id)
  return {
    [fields.conversation]: serialise(conversation),
    ...(routingAttributes && { [fields.routingAttributes]: JSON.stringify(routingAttributes) }),
  }
}

/** Returns every field of conversations that are deleted. */
function allFieldsOf(ids: readonly string[]): string[] {
  return ids.flatMap((id) => Object.values(fieldsOfConversation(id)))
}

/** Creates the records. `tombstoneMs`: lifetime of a tombstone. */
export function createRecords(options: Options) {
  const { redis, keys, ownerMs } = options
  const changeRecord = createRecordChanges(options)

  return {
    ...createRecordReads({ redis, keys }),

    /**
     * Stores a conversation's new token; resolves to false when the visitor or the conversation was
     * removed.
     */
    saveToken(
      visitorId: string,
      conversation: StoredConversation,
      token: SealedToken,
    ): Promise<boolean> {
      return changeRecord(visitorId, {
        when: { field: fieldsOfConversation(conversation.id).conversation, is: 'stored' },
        set: { [tokenField(visitorId, conversation)]: JSON.stringify(token) },
        tokenExpiresAt: token.expiresAt,
      })
    },

    /**
     * Stores the visitor's token, fetched before a conversation is opened, and the offer that came
     * with it.
     */
    async saveVisitorToken(visitorId: string, token: SealedToken, offer: Offer): Promise<void> {
      const set = { token: JSON.stringify(token), offer: JSON.stringify(offer) }
      await changeRecord(visitorId, { set, tokenExpiresAt: token.expiresAt })
    },

    /**
     * Stores a new conversation with its token, and deletes the expired ones. A guest's
     * conversation takes the visitor's token for itself. One that is past `starting` stays as it is:
     * a write that was given up may arrive late. Resolves to false when nothing was stored: the
     * visitor was removed.
     */
    createConversation(
      visitorId: string,
      conversation: StoredConversation,
      { token, offer, routingAttributes }: Beginning,
      expired: readonly string[],
    ): Promise<boolean> {
      const takesToken = hasOwnToken(visitorId, conversation)
      return changeRecord(visitorId, {
        when: { field: fieldsOfConversation(conversation.id).conversation, is: 'unstarted' },
        set: {
          ...storedFields(conversation, routingAttributes),
          [tokenField(visitorId, conversation)]: JSON.stringify(token),
          offer: JSON.stringify(offer),
        },
        remove: [...(takesToken ? ['token'] : []), ...allFieldsOf(expired)],
        tokenExpiresAt: token.expiresAt,
      })
    },

    /**
     * Stores a guest's conversation with a visitor, unless it is stored already: a repeat is
     * harmless.
     */
    async adoptConversation(
      visitorId: string,
      conversation: StoredConversation,
      { token, routingAttributes }: Belongings,
    ): Promise<void> {
      const fields = fieldsOfConversation(conversation.id)
      const owned = redis.set(keys.owner(conversation.id), visitorId, { px: ownerMs })
      const adopted = changeRecord(visitorId, {
        when: { field: fields.conversation, is: 'absent' },
        set: {
          ...storedFields(conversation, routingAttributes),
          ...(token && { [fields.token]: JSON.stringify(token) }),
        },
      })
      await orStoreUnavailable(Promise.all([adopted, owned]))
    },

    /**
     * Stores the attributes of a visitor's identity token. Returns the moment of this sign-in, which
     * is after every sign-out of all devices.
     */
    async recordSignIn(visitorId: string, attributes: Attributes): Promise<number> {
      const [, moment] = await Promise.all([
        changeRecord(visitorId, { set: { attributes: JSON.stringify(attributes) } }),
        readReply(z.int().positive(), redis.eval(signInScript, [keys.visitor(visitorId)], [])),
      ])
      return moment
    },

    /**
     * Deletes a conversation that certainly does not exist in Salesforce, unless another call
     * continued it.
     */
    async discardConversation(visitorId: string, conversation: StoredConversation): Promise<void> {
      const field = fieldsOfConversation(conversation.id).conversation
      await changeRecord(visitorId, {
        when: { field, is: 'same', text: serialise(conversation) },
        remove: allFieldsOf([conversation.id]),
      })
    },

    /** Deletes conversations that are over, with all that belongs to them. */
    async deleteConversations(visitorId: string, ids: readonly string[]): Promise<void> {
      await changeRecord(visitorId, { remove: allFieldsOf(ids) })
    },

    /** Stores a changed conversation; resolves to false when it was deleted meanwhile. */
    saveConversation(visitorId: string, conversation: StoredConversation): Promise<boolean> {
      const field = fieldsOfConversation(conversation.id).conversation
      const set = storedFields(conversation)
      return changeRecord(visitorId, { when: { field, is: 'stored' }, set })
    },

    /** Replaces a conversation, but only where no other call changed it since it was read. */
    async replaceConversation(
      visitorId: string,
      from: StoredConversation,
      to: StoredConversation,
    ): Promise<void> {
      const field = fieldsOfConversation(from.id).conversation
      const when = { field, is: 'same', text: serialise(from) } as const
      await changeRecord(visitorId, { when, set: storedFields(to) })
    },

    /** Claims a conversation id; resolves to false when another visitor owns it. */
    async claimConversationId(conversationId: string, visitorId: string): Promise<boolean> {
      const key = keys.owner(conversationId)
      const [, owner] = await orStoreUnavailable(
        Promise.all([
          redis.set(key, visitorId, { nx: true, px: ownerMs }),
          redis.get<string>(key),
          redis.pexpire(key, ownerMs),
        ]),
      )
      return owner === visitorId
    },

    ...createTombstones({ ...options, changeRecord }),
  }
}
