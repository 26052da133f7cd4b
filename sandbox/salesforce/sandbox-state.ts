import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import type { Conversation } from './conversation.js'
import {
  createDeployment,
  type Deployment,
  type DeploymentOptions,
  type OpenInterval,
} from './deployment.js'
import type { Exchange } from './exchange.js'
import type { Fault } from './faults.js'
import { createLogin, type Login, type LoginOptions } from './guide/login.js'
import type { StoredFile } from './sample-files.js'
import type { Outbox } from './stream/outbox.js'
import { defaultSwitches, patchSwitches, type Switches, type SwitchesPatch } from './switches.js'

/** The dialects that a Salesforce can speak: the real one, and that of the guide (`guide-dialect.md`). */
export type Api = 'enhanced-chat' | 'guide'

/** The org and its deployment; everything has a default. */
export type SalesforceOptions = DeploymentOptions & {
  /** Dialect of the API; `enhanced-chat` by default. `guide` needs the option of this name. */
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
export type SandboxState = {
  api: Api
  deployment: Deployment
  /** The connected app of the guide's dialect; null where another is spoken. */
  login: Login | null
  /** Origin of the last request: the URLs of files begin with it. */
  origin: string
  /** Other address at which files are published; null for the origin. */
  publishedFilesUrl: string | null
  random: () => number
  signingKey: KeyObject
  /** The subject of every access token given out, by its `clientId`. */
  subjectByClientId: Map<string, string>
  /** The `clientId` of each token that is over before its time. */
  endedTokens: Map<string, 'expired' | 'revoked'>
  keySetCache: KeySetCache | null
  /** Number of the last record id. */
  lastRecordNumber: number
  switches: Switches
  /** Switches that a reset returns to. */
  initialSwitches: SwitchesPatch
  faults: Fault[]
  conversations: Map<string, Conversation>
  outbox: Outbox
  /** Files that visitors sent, by file id. */
  files: Map<string, StoredFile>
  exchanges: Exchange[]
  /** Moments of admitted calls, by limit; our clock. */
  admissions: Map<string, number[]>
}

/** Creates the state of a Salesforce in which nothing has happened. */
export function createSandboxState(options: SalesforceOptions): SandboxState {
  const { api = 'enhanced-chat', businessHours, random = Math.random } = options
  const initialSwitches = { ...(businessHours && { businessHours }), ...options.switches }
  const switches = defaultSwitches()
  patchSwitches(switches, initialSwitches)
  return {
    api,
    deployment: createDeployment(options),
    login: api === 'guide' ? createLogin(options.guide) : null,
    origin: 'https://harbor.my.salesforce-scrt.com',
    publishedFilesUrl: null,
    random,
    signingKey: newSigningKey(),
    subjectByClientId: new Map(),
    endedTokens: new Map(),
    keySetCache: null,
    lastRecordNumber: 0,
    switches,
    initialSwitches,
    faults: [],
    conversations: new Map(),
    outbox: { pending: [], events: [], lastId: 2_147_900_000 },
    files: new Map(),
    exchanges: [],
    admissions: new Map(),
  }
}

/** Puts every switch back to where it was at the start. */
export function resetSwitches({ switches, initialSwitches }: SandboxState): void {
  Object.assign(switches, defaultSwitches())
  patchSwitches(switches, initialSwitches)
}

/** Forgets conversations, files, faults, exchanges and counts; tokens given out before stay good. */
export function resetSandboxState(sandbox: SandboxState): void {
  resetSwitches(sandbox)
  sandbox.keySetCache = null
  sandbox.faults.length = 0
  sandbox.exchanges.length = 0
  sandbox.outbox.pending = []
  sandbox.outbox.events = []
  sandbox.conversations.clear()
  sandbox.files.clear()
  sandbox.admissions.clear()
}

/** The conversation of this id; a TypeError when there is none, for it is a test's mistake. */
export function conversationById(sandbox: SandboxState, conversationId: string): Conversation {
  const conversation = sandbox.conversations.get(conversationId)
  if (!conversation) throw new TypeError(`No conversation ${conversationId}`)
  return conversation
}

/** A key that no earlier token verifies with. */
export const newSigningKey = () => createSecretKey(randomBytes(32))

/** Epoch milliseconds on Salesforce's clock. */
export const salesforceNow = (sandbox: SandboxState) => Date.now() + sandbox.switches.clockSkewMs

/** A 15-character record id, such as `0MwZZ0000000001` for a messaging session. */
export function newRecordId(sandbox: SandboxState, prefix: string): string {
  sandbox.lastRecordNumber += 1
  return `${prefix}ZZ${String(sandbox.lastRecordNumber).padStart(10, '0')}`
}

/** The keys of a `jwksUrl` as they were a moment ago (our clock). */
export type KeySetCache = { keys: JSONWebKeySet; fetchedAt: number }
