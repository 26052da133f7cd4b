/** Reads and writes visitors' records; see `record.ts` for what they hold. */
import type { Redis } from '@upstash/redis'
import type { Keys } from './keys.js'
import {
  attributesSchema,
  type Device,
  type Glance,
  hasOwnPass,
  isGone,
  type Offer,
  offer,
  pairs,
  parse,
  parseOrNothing,
  passField,
  type SealedPass,
  type StoredConversation,
  sealedPass,
  storedConversation,
  textOf,
  type VisitorRecord,
  values,
} from './record.js'
import { commit, fromStore } from './redis.js'
import { createTombstones } from './tombstones.js'

type Options = { redis: Redis; keys: Keys; recordMs: number; tombstoneMs: number }

/** Writes a field that is there, and that says what was expected when something was. */
const swapScript = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now or (ARGV[2] ~= '' and now ~= ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`

/** Forgets a conversation that is still what it was: an attempt that was given up may come late. */
const discardScript = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1], ARGV[3])
`

/** Begins a conversation, unless it is further already: a write that was given up may come late. */
const beginScript = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if now and cjson.decode(now).status ~= 'starting' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'offer', ARGV[5])
for index = 7, #ARGV do redis.call('HDEL', KEYS[1], ARGV[index]) end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
`

/** Writes a field of a visitor who is not buried. */
const keepScript = `
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
  async function swap(visitorId: string, id: string, from: string, to: StoredConversation) {
    const args = [`c:${id}`, from, textOf(to), String(recordMs)]
    return Number(await fromStore(redis.eval(swapScript, [keys.visitor(visitorId)], args))) === 1
  }

  return {
    /** One conversation of the caller, and whether the caller is still welcome. */
    async glance(caller: Device, conversationId: string): Promise<Glance> {
      const own = [`c:${conversationId}`, `t:${conversationId}`]
      const fields = ['gone', `x:${caller.family}`, 'out', ...own, 'token']
      const key = keys.visitor(caller.id)
      const found = values.parse(await fromStore(redis.hmget(key, ...fields)))
      const [gone, revoked, out, stored, ownPass, visitorsPass] = found
      const conversation = parseOrNothing(storedConversation, stored)
      const isOwn = conversation && hasOwnPass(caller.id, conversation)
      return {
        gone: isGone(gone, revoked, out, caller),
        conversation,
        pass: parseOrNothing(sealedPass, isOwn ? ownPass : visitorsPass),
      }
    },

    /** All that is known of the caller, which is then kept as long again. */
    async read(caller: Device): Promise<VisitorRecord> {
      const key = keys.visitor(caller.id)
      const [all] = await fromStore(Promise.all([redis.hgetall(key), redis.pexpire(key, recordMs)]))
      const found = pairs(values.parse(all))
      const conversations = [...found].filter(([field]) => field.startsWith('c:'))
      const revoked = found.get(`x:${caller.family}`)
      return {
        gone: isGone(found.get('gone'), revoked, found.get('out'), caller),
        conversations: conversations.flatMap(
          ([, json]) => parseOrNothing(storedConversation, json) ?? [],
        ),
        pass: parseOrNothing(sealedPass, found.get('token')),
        passOf: (conversation) =>
          parseOrNothing(sealedPass, found.get(passField(caller.id, conversation))),
        offer: parseOrNothing(offer, found.get('offer')),
        attributes: parse(attributesSchema, found.get('attributes')) ?? {},
      }
    },

    /** The token of one conversation, as it is kept now. */
    async passOf(visitorId: string, conversation: StoredConversation): Promise<SealedPass | null> {
      const field = passField(visitorId, conversation)
      return parseOrNothing(
        sealedPass,
        await fromStore(redis.hget<string>(keys.visitor(visitorId), field)),
      )
    },

    /** Keeps a conversation's fresh token; false when the visitor is no more. */
    async keepPass(
      visitorId: string,
      conversation: StoredConversation,
      pass: SealedPass,
    ): Promise<boolean> {
      const field = passField(visitorId, conversation)
      const args = [field, JSON.stringify(pass), String(recordMs)]
      const kept = await fromStore(redis.eval(keepScript, [keys.visitor(visitorId)], args))
      return Number(kept) === 1
    },

    /** What the deployment offered last, and what the visitor's identity says of them. */
    async factsOf(visitorId: string): Promise<Pick<VisitorRecord, 'offer' | 'attributes'>> {
      const key = keys.visitor(visitorId)
      const found = values.parse(await fromStore(redis.hmget(key, 'offer', 'attributes')))
      return {
        offer: parseOrNothing(offer, found[0]),
        attributes: parse(attributesSchema, found[1]) ?? {},
      }
    },

    /** Keeps the visitor's token, fetched before a conversation is opened, and what was offered with it. */
    keepVisitorsPass(visitorId: string, pass: SealedPass, offered: Offer): Promise<void> {
      return write(visitorId, { token: JSON.stringify(pass), offer: JSON.stringify(offered) })
    },

    /** Writes a new conversation with its token, which a guest's conversation takes for itself, and drops those that are over. */
    async begin(
      visitorId: string,
      conversation: StoredConversation,
      { pass, offer: offered }: { pass: SealedPass; offer: Offer },
      expired: readonly string[],
    ): Promise<void> {
      const isOwn = hasOwnPass(visitorId, conversation)
      const over = expired.flatMap((id) => [`c:${id}`, `t:${id}`])
      const args = [
        ...[`c:${conversation.id}`, textOf(conversation)],
        ...[passField(visitorId, conversation), JSON.stringify(pass)],
        ...[JSON.stringify(offered), String(recordMs)],
        ...(isOwn ? ['token', ...over] : over),
      ]
      await fromStore(redis.eval(beginScript, [keys.visitor(visitorId)], args))
    },

    /** Takes in what a guest had, without touching what is there already: doing it again is harmless. */
    async adopt(
      visitorId: string,
      conversation: StoredConversation,
      pass: SealedPass | null,
    ): Promise<void> {
      const key = keys.visitor(visitorId)
      const change = redis.multi().hsetnx(key, `c:${conversation.id}`, textOf(conversation))
      if (pass) change.hsetnx(key, `t:${conversation.id}`, JSON.stringify(pass))
      change.set(keys.owner(conversation.id), visitorId, { px: recordMs })
      await commit(change.pexpire(key, recordMs))
    },

    /** Keeps what an identity says of its visitor. */
    async keepAttributes(visitorId: string, attributes: Readonly<Record<string, string>>) {
      await write(visitorId, { attributes: JSON.stringify(attributes) })
    },

    /** Forgets a conversation that certainly does not exist in Salesforce, unless somebody went on with it. */
    async discard(visitorId: string, conversation: StoredConversation): Promise<void> {
      const { id } = conversation
      const args = [`c:${id}`, textOf(conversation), `t:${id}`]
      await fromStore(redis.eval(discardScript, [keys.visitor(visitorId)], args))
    },

    /** Keeps what became of a conversation; false when it was forgotten meanwhile. */
    save(visitorId: string, conversation: StoredConversation): Promise<boolean> {
      return swap(visitorId, conversation.id, '', conversation)
    },

    /** The same, but only where nobody else changed it since it was read. */
    async replace(
      visitorId: string,
      from: StoredConversation,
      to: StoredConversation,
    ): Promise<void> {
      await swap(visitorId, from.id, textOf(from), to)
    },

    /** Claims a conversation id; false when it is somebody else's. */
    async claim(conversationId: string, visitorId: string): Promise<boolean> {
      const key = keys.owner(conversationId)
      const [, owner] = await fromStore(
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
