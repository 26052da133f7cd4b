import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import {
  type Deployment,
  type DeploymentOptions,
  deploymentOf,
  type OpenInterval,
} from './deployment.js'
import type { Exchange } from './exchange.js'
import type { Fault } from './faults.js'
import type { StoredFile } from './files.js'
import { type Login, type LoginOptions, loginOf } from './guide/login.js'
import type { KeySetCache } from './key-set.js'
import type { Conversation } from './ledger.js'
import type { Outbox } from './stream/outbox.js'
import { defaultSwitches, patchSwitches, type Switches, type SwitchesPatch } from './switches.js'

/** The dialects that a Salesforce can speak: the real one, and that of the guide (`guide-dialect.md`). */
export type Api = 'enhanced-chat' | 'guide'

/** The org and its deployment; everything has a default. */
export type SalesforceOptions = DeploymentOptions & {
  /** What it speaks; `enhanced-chat` unless given. `guide` needs the option of this name. */
  api?: Api
  guide?: LoginOptions
  /** When agents are there; always, unless given. The same as the switch of this name. */
  businessHours?: OpenInterval[]
  /** The switches at the start and after a reset, over the defaults. */
  switches?: SwitchesPatch
  /** Chance, for lags and shuffles; a seeded one makes a test repeatable. */
  random?: () => number
}

/** Everything one Salesforce knows. */
export type World = {
  api: Api
  deployment: Deployment
  /** The connected app of the guide's dialect; null where another is spoken. */
  login: Login | null
  /** Where it was last reached: the URLs of its files begin so. */
  origin: string
  /** Where its files are said to be instead; null is there too. */
  filesAt: string | null
  random: () => number
  signingKey: KeyObject
  /** The subject of every access token given out, by its `clientId`. */
  clients: Map<string, string>
  /** The `clientId` of each token that is over before its time. */
  endedClients: Map<string, 'expired' | 'revoked'>
  keySetCache: KeySetCache | null
  /** Of record ids. */
  lastNumber: number
  switches: Switches
  /** What the switches return to. */
  switchesAtStart: SwitchesPatch
  faults: Fault[]
  conversations: Map<string, Conversation>
  outbox: Outbox
  /** What visitors sent, by file id. */
  files: Map<string, StoredFile>
  exchanges: Exchange[]
  /** Moments of admitted calls, by limit; our clock. */
  admissions: Map<string, number[]>
}

/** A world in which nothing has happened yet. */
export function createWorld(options: SalesforceOptions): World {
  const { api = 'enhanced-chat', businessHours, random = Math.random } = options
  const switchesAtStart = { ...(businessHours && { businessHours }), ...options.switches }
  const switches = defaultSwitches()
  patchSwitches(switches, switchesAtStart)
  return {
    api,
    deployment: deploymentOf(options),
    login: api === 'guide' ? loginOf(options.guide) : null,
    origin: 'https://harbor.my.salesforce-scrt.com',
    filesAt: null,
    random,
    signingKey: newSigningKey(),
    clients: new Map(),
    endedClients: new Map(),
    keySetCache: null,
    lastNumber: 0,
    switches,
    switchesAtStart,
    faults: [],
    conversations: new Map(),
    outbox: { waiting: [], events: [], lastId: 2_147_900_000 },
    files: new Map(),
    exchanges: [],
    admissions: new Map(),
  }
}

/** Puts every switch back to where it was at the start. */
export function resetSwitches({ switches, switchesAtStart }: World): void {
  Object.assign(switches, defaultSwitches())
  patchSwitches(switches, switchesAtStart)
}

/** Forgets conversations, files, faults, exchanges and counts; tokens given out before stay good. */
export function resetWorld(world: World): void {
  resetSwitches(world)
  world.keySetCache = null
  world.faults.length = 0
  world.exchanges.length = 0
  world.outbox.waiting = []
  world.outbox.events = []
  world.conversations.clear()
  world.files.clear()
  world.admissions.clear()
}

/** The conversation of this id; a TypeError when there is none, for it is a test's mistake. */
export function needConversation(world: World, conversationId: string): Conversation {
  const conversation = world.conversations.get(conversationId)
  if (!conversation) throw new TypeError(`No conversation ${conversationId}`)
  return conversation
}

/** A key that no earlier token verifies with. */
export const newSigningKey = () => createSecretKey(randomBytes(32))

/** Epoch milliseconds on Salesforce's clock. */
export const salesforceNow = (world: World) => Date.now() + world.switches.clockSkewMs

/** A 15-character record id, such as `0MwZZ0000000001` for a messaging session. */
export function newRecordId(world: World, prefix: string): string {
  world.lastNumber += 1
  return `${prefix}ZZ${String(world.lastNumber).padStart(10, '0')}`
}
