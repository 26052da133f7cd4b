/** Reads and writes visitors' records; see `record.ts` for what they hold. */
import type { Redis } from '@upstash/redis'
import type { Keys } from './keys.js'
import {
  attributesSchema,
  type ConversationLookup,
  type Device,
  fieldsOf,
  hasOwnToken,
  isAccessRevoked,
  type Offer,
  offer,
  parse,
  parseOrNull,
  redisStrings,
  type SealedToken,
  type StoredConversation,
  sealedToken,
  serialise,
  storedConversation,
  tokenField,
  type VisitorRecord,
} from './record.js'
import { commit, orStoreUnavailable } from './redis.js'
import { createTombstones } from './tombstones.js'

type Options = { redis: Redis; keys: Keys; recordMs: number; tombstoneMs: number }

/** Writes a field that is there, and that says what was expected when something was. */
const compareAndSetScript = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now or (ARGV[2] ~= '' and now ~= ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`

/** Forgets a conversation that is still what it was: an attempt that was given up may come late. */
const discardConversationScript = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1], ARGV[3])
`

/** Begins a conversation, unless it is further already: a write that was given up may come late. */
const createConversationScript = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if now and cjson.decode(now).status ~= 'starting' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'offer', ARGV[5])
for index = 7, #ARGV do redis.call('HDEL', KEYS[1], ARGV[index]) end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
`

/** Writes a field of a visitor who is not buried. */
const saveFieldScript = `
if redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`

export type Records = ReturnType<typeof createRecords>

export function createRecords({ redis, keys, recordMs, tombstoneMs }: Options) {
  async function write(visitorId: string, fields: Record<string, string>) {
    const key = keys.visitor(visitorId)
    await commit(redis.multi().hset(key, fields).pexpire(key, recordMs))
  }

  /** False when it is not there, or not what was expected. */
  async function compareAndSet(
    visitorId: string,
    id: string,
    from: string,
    to: StoredConversation,
  ) {
    const args = [`c:${id}`, from, serialise(to), String(recordMs)]
    return (
      Number(
        await orStoreUnavailable(redis.eval(compareAndSetScript, [keys.visitor(visitorId)], args)),
      ) === 1
    )
  }

  return {
    /** One conversation of the caller, and whether the caller is still welcome. */
    async readConversation(caller: Device, conversationId: string): Promise<ConversationLookup> {
      const ownFields = [`c:${conversationId}`, `t:${conversationId}`]
      const fields = ['gone', `x:${caller.family}`, 'out', ...ownFields, 'token']
      const key = keys.visitor(caller.id)
      const found = redisStrings.parse(await orStoreUnavailable(redis.hmget(key, ...fields)))
      const [gone, revoked, out, stored, ownToken, visitorToken] = found
      const conversation = parseOrNull(storedConversation, stored)
      const isOwn = conversation && hasOwnToken(caller.id, conversation)
      return {
        isRevoked: isAccessRevoked(gone, revoked, out, caller),
        conversation,
        token: parseOrNull(sealedToken, isOwn ? ownToken : visitorToken),
      }
    },

    /** All that is known of the caller, which is then kept as long again. */
    async readRecord(caller: Device): Promise<VisitorRecord> {
      const key = keys.visitor(caller.id)
      const [all] = await orStoreUnavailable(
        Promise.all([redis.hgetall(key), redis.pexpire(key, recordMs)]),
      )
      const found = fieldsOf(redisStrings.parse(all))
      const conversations = [...found].filter(([field]) => field.startsWith('c:'))
      const revoked = found.get(`x:${caller.family}`)
      return {
        isRevoked: isAccessRevoked(found.get('gone'), revoked, found.get('out'), caller),
        conversations: conversations.flatMap(
          ([, json]) => parseOrNull(storedConversation, json) ?? [],
        ),
        token: parseOrNull(sealedToken, found.get('token')),
        tokenOf: (conversation) =>
          parseOrNull(sealedToken, found.get(tokenField(caller.id, conversation))),
        offer: parseOrNull(offer, found.get('offer')),
        attributes: parse(attributesSchema, found.get('attributes')) ?? {},
      }
    },

    /** The token of one conversation, as it is kept now. */
    async readToken(
      visitorId: string,
      conversation: StoredConversation,
    ): Promise<SealedToken | null> {
      const field = tokenField(visitorId, conversation)
      return parseOrNull(
        sealedToken,
        await orStoreUnavailable(redis.hget<string>(keys.visitor(visitorId), field)),
      )
    },

    /** Stores a conversation's fresh token; false when the visitor has been removed. */
    async saveToken(
      visitorId: string,
      conversation: StoredConversation,
      token: SealedToken,
    ): Promise<boolean> {
      const field = tokenField(visitorId, conversation)
      const args = [field, JSON.stringify(token), String(recordMs)]
      const saved = await orStoreUnavailable(
        redis.eval(saveFieldScript, [keys.visitor(visitorId)], args),
      )
      return Number(saved) === 1
    },

    /** Reads the deployment's last offer, and the visitor's identity attributes. */
    async readOfferAndAttributes(
      visitorId: string,
    ): Promise<Pick<VisitorRecord, 'offer' | 'attributes'>> {
      const key = keys.visitor(visitorId)
      const found = redisStrings.parse(
        await orStoreUnavailable(redis.hmget(key, 'offer', 'attributes')),
      )
      return {
        offer: parseOrNull(offer, found[0]),
        attributes: parse(attributesSchema, found[1]) ?? {},
      }
    },

    /** Keeps the visitor's token, fetched before a conversation is opened, and what was offered with it. */
    saveVisitorToken(visitorId: string, token: SealedToken, newOffer: Offer): Promise<void> {
      return write(visitorId, { token: JSON.stringify(token), offer: JSON.stringify(newOffer) })
    },

    /** Writes a new conversation with its token, which a guest's conversation takes for itself, and drops those that are over. */
    async createConversation(
      visitorId: string,
      conversation: StoredConversation,
      { token, offer: offered }: { token: SealedToken; offer: Offer },
      expired: readonly string[],
    ): Promise<void> {
      const isOwn = hasOwnToken(visitorId, conversation)
      const over = expired.flatMap((id) => [`c:${id}`, `t:${id}`])
      const args = [
        ...[`c:${conversation.id}`, serialise(conversation)],
        ...[tokenField(visitorId, conversation), JSON.stringify(token)],
        ...[JSON.stringify(offered), String(recordMs)],
        ...(isOwn ? ['token', ...over] : over),
      ]
      await orStoreUnavailable(
        redis.eval(createConversationScript, [keys.visitor(visitorId)], args),
      )
    },

    /** Takes in what a guest had, without touching what is there already: doing it again is harmless. */
    async adoptConversation(
      visitorId: string,
      conversation: StoredConversation,
      token: SealedToken | null,
    ): Promise<void> {
      const key = keys.visitor(visitorId)
      const change = redis.multi().hsetnx(key, `c:${conversation.id}`, serialise(conversation))
      if (token) change.hsetnx(key, `t:${conversation.id}`, JSON.stringify(token))
      change.set(keys.owner(conversation.id), visitorId, { px: recordMs })
      await commit(change.pexpire(key, recordMs))
    },

    /** Keeps what an identity says of its visitor. */
    async saveAttributes(visitorId: string, attributes: Readonly<Record<string, string>>) {
      await write(visitorId, { attributes: JSON.stringify(attributes) })
    },

    /**
     * Forgets a conversation that certainly does not exist in Salesforce, unless another call
     * continued it.
     */
    async discardConversation(visitorId: string, conversation: StoredConversation): Promise<void> {
      const { id } = conversation
      const args = [`c:${id}`, serialise(conversation), `t:${id}`]
      await orStoreUnavailable(
        redis.eval(discardConversationScript, [keys.visitor(visitorId)], args),
      )
    },

    /** Keeps what became of a conversation; false when it was forgotten meanwhile. */
    saveConversation(visitorId: string, conversation: StoredConversation): Promise<boolean> {
      return compareAndSet(visitorId, conversation.id, '', conversation)
    },

    /** Replaces a conversation, but only where no other call changed it since it was read. */
    async replaceConversation(
      visitorId: string,
      from: StoredConversation,
      to: StoredConversation,
    ): Promise<void> {
      await compareAndSet(visitorId, from.id, serialise(from), to)
    },

    /** Claims a conversation id; false when another visitor owns it. */
    async claimConversationId(conversationId: string, visitorId: string): Promise<boolean> {
      const key = keys.owner(conversationId)
      const [, owner] = await orStoreUnavailable(
        Promise.all([
          redis.set(key, visitorId, { nx: true, px: recordMs }),
          redis.get<string>(key),
          redis.pexpire(key, recordMs),
        ]),
      )
      return owner === visitorId
    },

    ...createTombstones({ redis, keys, recordMs, tombstoneMs, write }),
  }
}
