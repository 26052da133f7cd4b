/**
 * The visitor's record: one hash per visitor, so that "is this conversation mine?" is the same read
 * as "what do I know of it?", and ownership cannot be forgotten. Fields:
 *
 * - `c:<conversationId>`: what is known of one conversation, as JSON;
 * - `t:<conversationId>`: a Salesforce token for this conversation alone, sealed: a guest's own, or one
 *   of the person who began it;
 * - `token`: the visitor's Salesforce token, sealed; a guest's only until a conversation takes it;
 * - `offer`: what the deployment offered last (pre-chat form, attachments), as JSON;
 * - `attributes`: what the visitor's identity says of them, for routing;
 * - `gone`, `out` and `x:<family>`: tombstones, for access tokens that outlive their visitor or device.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { attachments, prechat } from '../contract/replies.js'
import type { Keys } from './keys.js'
import { commit, fromStore } from './redis.js'

const sealedPass = z.object({ sealed: z.string(), expiresAt: z.number(), deployment: z.string() })
/** A sealed Salesforce token, when it ends (epoch milliseconds), and the deployment it is good for. */
export type SealedPass = z.infer<typeof sealedPass>

const offer = z.object({ prechat: prechat.nullable(), attachments: attachments.nullable() })
/** What the deployment offers to visitors. */
export type Offer = z.infer<typeof offer>

const storedConversation = z.object({
  id: z.string(),
  /** `starting`: it may or may not exist in Salesforce yet. `lost`: Salesforce no longer lets the visitor in. */
  status: z.enum(['starting', 'open', 'ended', 'lost']),
  /** Epoch milliseconds, as the other times. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** When a guest's token ends, and the conversation with it; null for people whom Salesforce knows. */
  expiresAt: z.number().nullable(),
  /** Who began it, as Salesforce knows them: the visitor, or the guest they were before they signed in. */
  subject: z.string(),
  routingAttributes: z.record(z.string(), z.string()),
  language: z.string().nullable(),
  /** The visitor ended the messaging session here; the next message opens a new one. */
  isSessionOver: z.boolean(),
  /** Organisation and deployment it was started in. */
  deployment: z.string(),
})
export type StoredConversation = z.infer<typeof storedConversation>

/** Who asks: the visitor's id, the device's refresh family and when it signed in (epoch milliseconds). */
type Device = { id: string; family: string; since: number }

/** What one HMGET tells: whether the caller is still welcome, the conversation if it is theirs, and its token. */
export type Glance = {
  gone: boolean
  conversation: StoredConversation | null
  pass: SealedPass | null
}

export type VisitorRecord = {
  gone: boolean
  conversations: readonly StoredConversation[]
  /** The visitor's own token. */
  pass: SealedPass | null
  /** The token of one of the conversations. */
  passOf(conversation: StoredConversation): SealedPass | null
  offer: Offer | null
  attributes: Readonly<Record<string, string>>
}

type Options = { redis: Redis; keys: Keys; recordMs: number; tombstoneMs: number }

/** Redis' own answers: the client is told not to interpret them. */
const values = z.array(z.string().nullable())

function pairs(flat: readonly (string | null)[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields.set(flat[index] ?? '', flat[index + 1] ?? '')
  }
  return fields
}

function parse<T>(schema: z.ZodType<T>, json: string | null | undefined): T | null {
  return json ? schema.parse(JSON.parse(json)) : null
}

const attributesSchema = z.record(z.string(), z.string())

/** Signed out on this device, everywhere since it signed in, or merged into somebody else. */
function isGone(gone: unknown, revoked: unknown, out: string | null | undefined, device: Device) {
  return Boolean(gone || revoked) || Number(out ?? 0) >= device.since
}

/** Whether a conversation is reached with its own token, or with the visitor's. */
export function hasOwnPass(visitorId: string, { expiresAt, subject }: StoredConversation): boolean {
  return expiresAt !== null || subject !== visitorId
}

function passField(visitorId: string, conversation: StoredConversation): string {
  return hasOwnPass(visitorId, conversation) ? `t:${conversation.id}` : 'token'
}

/** The same text for the same conversation, whoever put it together. */
function textOf(conversation: StoredConversation): string {
  return JSON.stringify(storedConversation.parse(conversation))
}

/** Writes a field that is there, and that says what was expected when something was. */
const swapScript = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now or (ARGV[2] ~= '' and now ~= ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`

export type Records = ReturnType<typeof createRecords>

export function createRecords({ redis, keys, recordMs, tombstoneMs }: Options) {
  async function write(visitorId: string, fields: Record<string, string>, drop: string[] = []) {
    const key = keys.visitor(visitorId)
    const change = redis.multi().hset(key, fields)
    if (drop.length > 0) change.hdel(key, ...drop)
    await commit(change.pexpire(key, recordMs))
  }

  async function swap(visitorId: string, id: string, from: string, to: StoredConversation) {
    const args = [`c:${id}`, from, textOf(to), String(recordMs)]
    await fromStore(redis.eval(swapScript, [keys.visitor(visitorId)], args))
  }

  return {
    /** One conversation of the caller, and whether the caller is still welcome. */
    async glance(caller: Device, conversationId: string): Promise<Glance> {
      const own = [`c:${conversationId}`, `t:${conversationId}`]
      const fields = ['gone', `x:${caller.family}`, 'out', ...own, 'token']
      const key = keys.visitor(caller.id)
      const found = values.parse(await fromStore(redis.hmget(key, ...fields)))
      const [gone, revoked, out, stored, ownPass, visitorsPass] = found
      const conversation = parse(storedConversation, stored)
      const isOwn = conversation && hasOwnPass(caller.id, conversation)
      return {
        gone: isGone(gone, revoked, out, caller),
        conversation,
        pass: parse(sealedPass, isOwn ? ownPass : visitorsPass),
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
        conversations: conversations.flatMap(([, json]) => parse(storedConversation, json) ?? []),
        pass: parse(sealedPass, found.get('token')),
        passOf: (conversation) => parse(sealedPass, found.get(passField(caller.id, conversation))),
        offer: parse(offer, found.get('offer')),
        attributes: parse(attributesSchema, found.get('attributes')) ?? {},
      }
    },

    /** The token of one conversation, as it is kept now. */
    async passOf(visitorId: string, conversation: StoredConversation): Promise<SealedPass | null> {
      const field = passField(visitorId, conversation)
      return parse(sealedPass, await fromStore(redis.hget<string>(keys.visitor(visitorId), field)))
    },

    /** Keeps a conversation's fresh token. */
    keepPass(visitorId: string, conversation: StoredConversation, pass: SealedPass): Promise<void> {
      return write(visitorId, { [passField(visitorId, conversation)]: JSON.stringify(pass) })
    },

    /** What the deployment offered last, and what the visitor's identity says of them. */
    async factsOf(visitorId: string): Promise<Pick<VisitorRecord, 'offer' | 'attributes'>> {
      const key = keys.visitor(visitorId)
      const found = values.parse(await fromStore(redis.hmget(key, 'offer', 'attributes')))
      return {
        offer: parse(offer, found[0]),
        attributes: parse(attributesSchema, found[1]) ?? {},
      }
    },

    /** Keeps the visitor's token, fetched before a conversation is opened, and what was offered with it. */
    keepVisitorsPass(visitorId: string, pass: SealedPass, offered: Offer): Promise<void> {
      return write(visitorId, { token: JSON.stringify(pass), offer: JSON.stringify(offered) })
    },

    /** Writes a new conversation with its token, which a guest's conversation takes for itself, and drops those that are over. */
    begin(
      visitorId: string,
      conversation: StoredConversation,
      { pass, offer: offered }: { pass: SealedPass; offer: Offer },
      expired: readonly string[],
    ): Promise<void> {
      const isOwn = hasOwnPass(visitorId, conversation)
      const fields = {
        [`c:${conversation.id}`]: textOf(conversation),
        [passField(visitorId, conversation)]: JSON.stringify(pass),
        offer: JSON.stringify(offered),
      }
      const over = expired.flatMap((id) => [`c:${id}`, `t:${id}`])
      return write(visitorId, fields, isOwn ? ['token', ...over] : over)
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

    /** Forgets a conversation that certainly does not exist in Salesforce. */
    async discard(visitorId: string, conversationId: string): Promise<void> {
      const fields = [`c:${conversationId}`, `t:${conversationId}`]
      await fromStore(redis.hdel(keys.visitor(visitorId), ...fields))
    },

    /** Keeps what became of a conversation, unless it was forgotten meanwhile. */
    async save(visitorId: string, conversation: StoredConversation): Promise<void> {
      await swap(visitorId, conversation.id, '', conversation)
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

    /**
     * Deletes the record and leaves a tombstone for as long as a token of the visitor can live; `heir`:
     * who has the conversations now.
     */
    async bury(visitorId: string, heir = 'nobody'): Promise<void> {
      const key = keys.visitor(visitorId)
      const change = redis.multi().del(key).hset(key, { gone: heir }).pexpire(key, tombstoneMs)
      await commit(change)
    },

    /** Who took over what a guest had; null when nobody did, or too long ago. */
    heirOf(visitorId: string): Promise<string | null> {
      return fromStore(redis.hget<string>(keys.visitor(visitorId), 'gone'))
    },

    /** Refuses what a signed-out device still holds. */
    async revokeDevice(visitorId: string, family: string): Promise<void> {
      await write(visitorId, { [`x:${family}`]: '1' })
    },

    /** Refuses what every device holds that has signed in until now. */
    async revokeEverywhere(visitorId: string): Promise<void> {
      await write(visitorId, { out: String(Date.now()) })
    },
  }
}
