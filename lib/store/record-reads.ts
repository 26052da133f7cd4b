/**
 * Reads visitors' records; see `record.ts` for what they hold. Each read names the fields that it
 * needs, and changes nothing: a refused call prolongs no record.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import type { LockRequest } from './locks.js'
import {
  type Attributes,
  attributesSchema,
  type ConversationLookup,
  type ConversationTokens,
  type Device,
  fieldsOf,
  fieldsOfConversation,
  hasOwnToken,
  isAccessRevoked,
  type MovableRecord,
  type Offer,
  offer,
  parse,
  parseOrNull,
  redisStrings,
  routingAttributesIn,
  type SealedToken,
  type Standing,
  type StartRecord,
  type StoredConversation,
  sealedToken,
  storedConversation,
  tokenField,
  type VisitorConversations,
} from './record.js'
import { readReply } from './redis.js'
import { selectAndLockScript, selectScript } from './select-scripts.js'

type Options = { redis: Redis; keys: Keys }

/** Describes what a start asks for, in the deployment that the gateway serves. */
type StartQuestion = { resume: boolean; conversationId?: string | undefined; deployment: string }

type Fields = ReadonlyMap<string, string>

/** Names the kinds of fields that exist once for each conversation. */
type Kind = 'c:' | 'r:' | 't:'

const selectAndLockReply = z.tuple([z.union([z.literal(0), z.literal(1)]), redisStrings])

function standingFields({ family }: Device): string[] {
  return ['gone', `x:${family}`, 'out']
}

function standingIn(fields: Fields, caller: Device): Standing {
  const gone = fields.get('gone')
  const revoked = fields.get(`x:${caller.family}`)
  return {
    isRevoked: isAccessRevoked(gone, revoked, fields.get('out'), caller),
    isGone: gone !== undefined,
  }
}

function conversationsIn(fields: Fields, caller: Device): VisitorConversations {
  const stored = [...fields].filter(([field]) => field.startsWith('c:'))
  const conversations = stored.flatMap(([, json]) => parseOrNull(storedConversation, json) ?? [])
  return { ...standingIn(fields, caller), conversations }
}

function tokensIn(fields: Fields, caller: Device): ConversationTokens {
  return {
    ...conversationsIn(fields, caller),
    tokenOf: (conversation) =>
      parseOrNull(sealedToken, fields.get(tokenField(caller.id, conversation))),
  }
}

function offerAndAttributesIn(fields: Fields): Pick<StartRecord, 'offer' | 'attributes'> {
  return {
    offer: parseOrNull(offer, fields.get('offer')),
    attributes: parse(attributesSchema, fields.get('attributes')) ?? {},
  }
}

/** Names the fields that a look at one conversation needs. */
function lookupFields(caller: Device, conversationId: string): string[] {
  const own = fieldsOfConversation(conversationId)
  return [...standingFields(caller), own.conversation, own.token, 'token']
}

function lookupIn(fields: Fields, caller: Device, conversationId: string): ConversationLookup {
  const own = fieldsOfConversation(conversationId)
  const conversation = parseOrNull(storedConversation, fields.get(own.conversation))
  const isOwn = conversation && hasOwnToken(caller.id, conversation)
  return {
    isRevoked: standingIn(fields, caller).isRevoked,
    conversation,
    token: parseOrNull(sealedToken, fields.get(isOwn ? own.token : 'token')),
  }
}

/** Names the fields that a start needs beside the conversations. */
const startFields = ['offer', 'token', 'attributes']

function startRecordIn(fields: Fields, caller: Device): StartRecord {
  return {
    ...conversationsIn(fields, caller),
    ...offerAndAttributesIn(fields),
    token: parseOrNull(sealedToken, fields.get('token')),
  }
}

/** Creates the reading part of the records. */
export function createRecordReads({ redis, keys }: Options) {
  function named(names: readonly string[], values: readonly (string | null)[]): Fields {
    return new Map(
      names.flatMap((name, index): [string, string][] => {
        const value = values[index] ?? null
        return value === null ? [] : [[name, value]]
      }),
    )
  }

  async function readFields(visitorId: string, ...names: string[]): Promise<Fields> {
    return named(
      names,
      await readReply(redisStrings, redis.hmget(keys.visitor(visitorId), ...names)),
    )
  }

  /** Returns what a script has selected: the named fields, and all of some kinds. */
  function selected(names: readonly string[], values: readonly (string | null)[]): Fields {
    return new Map([...named(names, values), ...fieldsOf(values.slice(names.length))])
  }

  /** Reads all fields of these kinds, and the named ones beside those of the caller's standing. */
  async function select(caller: Device, kinds: readonly Kind[], ...more: string[]) {
    const names = [...standingFields(caller), ...more]
    const args = [kinds.join(''), ...names]
    const reply = redis.eval(selectScript, [keys.visitor(caller.id)], args)
    return selected(names, await readReply(redisStrings, reply))
  }

  return {
    /**
     * Reads one conversation of the caller with its token, and if the caller's access is revoked.
     */
    async readConversation(caller: Device, conversationId: string): Promise<ConversationLookup> {
      const names = lookupFields(caller, conversationId)
      return lookupIn(await readFields(caller.id, ...names), caller, conversationId)
    },

    /** Reads the same, and the deployment's last offer. */
    async readConversationAndOffer(
      caller: Device,
      conversationId: string,
    ): Promise<ConversationLookup & { offer: Offer | null }> {
      const names = lookupFields(caller, conversationId)
      const fields = await readFields(caller.id, ...names, 'offer')
      const found = lookupIn(fields, caller, conversationId)
      return { ...found, offer: parseOrNull(offer, fields.get('offer')) }
    },

    /** Reads if the caller may call. */
    async readStanding(caller: Device): Promise<Standing> {
      return standingIn(await readFields(caller.id, ...standingFields(caller)), caller)
    },

    async readConversations(caller: Device): Promise<VisitorConversations> {
      return conversationsIn(await select(caller, ['c:']), caller)
    },

    /** Reads what tells if a start returns an open conversation, or creates one. */
    async readForStart(caller: Device): Promise<StartRecord> {
      return startRecordIn(await select(caller, ['c:'], ...startFields), caller)
    },

    /** Reads the same, and takes a lock with it for a start that Salesforce must be asked for. */
    async readAndLockForStart(
      caller: Device,
      { resume, conversationId, deployment }: StartQuestion,
      { key, holder, lifetimeMs }: LockRequest,
    ): Promise<{ record: StartRecord; isLocked: boolean }> {
      const names = [...standingFields(caller), ...startFields]
      const wanted = conversationId && fieldsOfConversation(conversationId).conversation
      const request = [resume ? '1' : '0', wanted ?? '', deployment]
      const args = [holder, String(lifetimeMs), ...request, ...names]
      const reply = redis.eval(selectAndLockScript, [keys.visitor(caller.id), key], args)
      const [isLocked, values] = await readReply(selectAndLockReply, reply)
      return { record: startRecordIn(selected(names, values), caller), isLocked: isLocked === 1 }
    },

    /** Reads the conversations with their tokens, to end them. */
    async readWithTokens(caller: Device): Promise<ConversationTokens> {
      return tokensIn(await select(caller, ['c:', 't:'], 'token'), caller)
    },

    /** Reads all that passes to another visitor. */
    async readForMove(caller: Device): Promise<MovableRecord> {
      const fields = await select(caller, ['c:', 't:', 'r:'], 'token')
      return {
        ...tokensIn(fields, caller),
        routingAttributesOf: (conversation) => {
          const { routingAttributes } = fieldsOfConversation(conversation.id)
          return routingAttributesIn(conversation, fields.get(routingAttributes))
        },
      }
    },

    /** Reads the token of one conversation, as it is stored now. */
    async readToken(
      visitorId: string,
      conversation: StoredConversation,
    ): Promise<SealedToken | null> {
      const field = tokenField(visitorId, conversation)
      return parseOrNull(sealedToken, (await readFields(visitorId, field)).get(field))
    },

    /** Reads the visitor's own token. */
    async readVisitorToken(visitorId: string): Promise<SealedToken | null> {
      return parseOrNull(sealedToken, (await readFields(visitorId, 'token')).get('token'))
    },

    /** Reads the routing values of one conversation, to open a session. */
    async readRoutingAttributes(
      visitorId: string,
      conversation: StoredConversation,
    ): Promise<Attributes> {
      const { routingAttributes: field } = fieldsOfConversation(conversation.id)
      return routingAttributesIn(conversation, (await readFields(visitorId, field)).get(field))
    },

    /** Reads the deployment's last offer, and the attributes of the visitor's identity token. */
    async readOfferAndAttributes(
      visitorId: string,
    ): Promise<{ offer: Offer | null; attributes: Attributes }> {
      return offerAndAttributesIn(await readFields(visitorId, 'offer', 'attributes'))
    },
  }
}
