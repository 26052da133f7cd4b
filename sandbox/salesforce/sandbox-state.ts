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

/** Names the dialects of a Salesforce: the real one, and that of the guide (`guide-dialect.md`). */
export type Api = 'enhanced-chat' | 'guide'

/** Holds the options of the org and its deployment; everything has a default. */
export type SalesforceOptions = DeploymentOptions & {
  /**
   * Is the dialect of the API; `enhanced-chat` by default. `guide` needs the option of this name.
   */
  api?: Api
  guide?: LoginOptions
  /** Are the hours with agents, as the switch of this name; by default they are always there. */
  businessHours?: OpenInterval[]
  /** Sets switches at the start and after a reset, over the defaults. */
  switches?: SwitchesPatch
  /** Returns a random number for lags and shuffles; a seeded one makes a test repeatable. */
  random?: () => number
}

/** Holds what Salesforce knows of a token beside its claims. */
export type TokenOwner = {
  subject: string
  /** Is the version that the client named in its token request (§1.5). */
  capabilitiesVersion: number
}

/** Holds all state of one Salesforce. */
export type SandboxState = {
  api: Api
  deployment: Deployment
  /** Is the connected app of the guide's dialect; null in the other dialect. */
  login: Login | null
  /** Is the origin of the last request: the URLs of files begin with it. */
  origin: string
  /** Is another address at which files are published; null for the origin. */
  publishedFilesUrl: string | null
  random: () => number
  signingKey: KeyObject
  /** Holds the owner of every issued access token, by its `clientId`. */
  owners: Map<string, TokenOwner>
  /** Holds the `clientId` of each token that ended before its time. */
  endedTokens: Map<string, 'expired' | 'revoked'>
  /** Holds the keys of a `jwksUrl` as they were at `fetchedAt` (our clock). */
  keySetCache: { keys: JSONWebKeySet; fetchedAt: number } | null
  /** Is the number of the last record id. */
  lastRecordNumber: number
  /** Is the number in the last opaque message id of a bot. */
  lastBotMessageNumber: number
  switches: Switches
  /** Holds the switches that a reset returns to. */
  initialSwitches: SwitchesPatch
  faults: Fault[]
  conversations: Map<string, Conversation>
  outbox: Outbox
  /** Counts the streams that each subject has opened. */
  streamCounts: Map<string, number>
  /** Holds the files that visitors sent, by file id. */
  files: Map<string, StoredFile>
  exchanges: Exchange[]
  /** Holds the moments of admitted calls, by limit; our clock. */
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
    owners: new Map(),
    endedTokens: new Map(),
    keySetCache: null,
    lastRecordNumber: 0,
    lastBotMessageNumber: 0,
    switches,
    initialSwitches,
    faults: [],
    conversations: new Map(),
    outbox: { pending: [], events: [], lastId: 2_147_900_000 },
    streamCounts: new Map(),
    files: new Map(),
    exchanges: [],
    admissions: new Map(),
  }
}

/** Resets every switch to its state at the start. */
export function resetSwitches({ switches, initialSwitches }: SandboxState): void {
  Object.assign(switches, defaultSwitches())
  patchSwitches(switches, initialSwitches)
}

/** Deletes conversations, files, faults, exchanges and counts; issued tokens stay valid. */
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

/**
 * Returns the conversation of this id.
 * @throws {TypeError} when there is none, because that is a mistake of the test
 */
export function conversationById(sandbox: SandboxState, conversationId: string): Conversation {
  const conversation = sandbox.conversations.get(conversationId)
  if (!conversation) throw new TypeError(`No conversation ${conversationId}`)
  return conversation
}

/** Creates a key that no earlier token verifies with. */
export const newSigningKey = () => createSecretKey(randomBytes(32))

/** Returns epoch milliseconds on Salesforce's clock. */
export const salesforceNow = (sandbox: SandboxState) => Date.now() + sandbox.switches.clockSkewMs

/** Creates a 15-character record id, such as `0MwZZ0000000001` for a messaging session. */
export function newRecordId(sandbox: SandboxState, prefix: string): string {
  sandbox.lastRecordNumber += 1
  return `${prefix}ZZ${String(sandbox.lastRecordNumber).padStart(10, '0')}`
}
