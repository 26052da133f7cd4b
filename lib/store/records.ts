/**
 * The visitor's record: one hash per visitor, so that "is this conversation mine?" is the same read
 * as "what do I know of it?", and ownership cannot be forgotten. Fields:
 *
 * - `c:<conversationId>`: what is known of one conversation, as JSON;
 * - `token`: a guest's Salesforce token that no conversation uses yet, sealed;
 * - `offer`: what the deployment offered last (pre-chat form, attachments), as JSON;
 * - `gone` and `x:<family>`: tombstones, for access tokens that outlive their visitor or device.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { attachments, prechat } from '../contract/replies.js'
import type { Keys } from './keys.js'
import { commit, fromStore } from './redis.js'

const spareToken = z.object({ sealed: z.string(), expiresAt: z.number(), deployment: z.string() })
/** A guest's token that waits for its conversation, and the deployment it is good for. */
export type SpareToken = z.infer<typeof spareToken>

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
  /** When a guest's token ends, and the conversation with it. */
  expiresAt: z.number().nullable(),
  /** The guest's own Salesforce token, sealed. */
  token: z.string().nullable(),
  routingAttributes: z.record(z.string(), z.string()),
  language: z.string().nullable(),
  /** Organisation and deployment it was started in. */
  deployment: z.string(),
})
export type StoredConversation = z.infer<typeof storedConversation>

/** Who asks: the visitor's id and the device's refresh family. */
type Device = { id: string; family: string }

/** What one HMGET tells: whether the caller is still welcome, and the conversation if it is theirs. */
export type Glance = { gone: boolean; conversation: StoredConversation | null }

export type VisitorRecord = {
  gone: boolean
  conversations: readonly StoredConversation[]
  spareToken: SpareToken | null
  offer: Offer | null
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
      const fields = ['gone', `x:${caller.family}`, `c:${conversationId}`]
      const key = keys.visitor(caller.id)
      const found = values.parse(await fromStore(redis.hmget(key, ...fields)))
      const [gone, revoked, conversation] = found
      return {
        gone: Boolean(gone || revoked),
        conversation: parse(storedConversation, conversation),
      }
    },

    /** All that is known of the caller, which is then kept as long again. */
    async read(caller: Device): Promise<VisitorRecord> {
      const key = keys.visitor(caller.id)
      const [all] = await fromStore(Promise.all([redis.hgetall(key), redis.pexpire(key, recordMs)]))
      const found = pairs(values.parse(all))
      const conversations = [...found].filter(([field]) => field.startsWith('c:'))
      return {
        gone: found.has('gone') || found.has(`x:${caller.family}`),
        conversations: conversations.flatMap(([, json]) => parse(storedConversation, json) ?? []),
        spareToken: parse(spareToken, found.get('token')),
        offer: parse(offer, found.get('offer')),
      }
    },

    /** What the deployment offered last. */
    async offerTo(visitorId: string): Promise<Offer | null> {
      return parse(offer, await fromStore(redis.hget<string>(keys.visitor(visitorId), 'offer')))
    },

    /** Keeps a token that was fetched before its conversation could be opened. */
    keepSpare(visitorId: string, token: SpareToken, offered: Offer): Promise<void> {
      return write(visitorId, { token: JSON.stringify(token), offer: JSON.stringify(offered) })
    },

    /** Writes a new conversation, its token no longer spare, and drops those that are over. */
    begin(
      visitorId: string,
      conversation: StoredConversation,
      offered: Offer,
      expired: readonly string[],
    ): Promise<void> {
      const fields = {
        [`c:${conversation.id}`]: textOf(conversation),
        offer: JSON.stringify(offered),
      }
      return write(visitorId, fields, ['token', ...expired.map((id) => `c:${id}`)])
    },

    /** Forgets a conversation that certainly does not exist in Salesforce. */
    async discard(visitorId: string, conversationId: string): Promise<void> {
      await fromStore(redis.hdel(keys.visitor(visitorId), `c:${conversationId}`))
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

    /** Deletes the record and leaves a tombstone for as long as an access token can live. */
    async bury(visitorId: string): Promise<void> {
      const key = keys.visitor(visitorId)
      const change = redis.multi().del(key).hset(key, { gone: '1' }).pexpire(key, tombstoneMs)
      await commit(change)
    },

    /** Refuses what a signed-out device still holds. */
    async revokeDevice(visitorId: string, family: string): Promise<void> {
      await write(visitorId, { [`x:${family}`]: '1' })
    },
  }
}
