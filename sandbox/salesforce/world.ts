import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { Exchange } from './exchange.js'
import type { Fault } from './faults.js'
import type { Conversation } from './ledger.js'
import { defaultSwitches, patchSwitches, type Switches, type SwitchesPatch } from './switches.js'

/** A pre-chat form as the token answer carries it (`enhanced-chat-api.md` §1.5). */
export type PreChatForm = {
  formType: string
  displayContext: 'Conversation' | 'Session'
  formFields: { name: string; order: number; type: string; [field: string]: unknown }[]
}

/** The org and its deployment; everything has a default. */
export type SalesforceOptions = {
  orgId?: string
  esDeveloperName?: string
  authMode?: 'UnAuth' | 'Auth'
  forms?: PreChatForm[]
  choiceListConfig?: Record<string, unknown> | null
  attachments?: { endUserToAgent: boolean; maxFileSize: number | null } | null
  allowTranscriptDownload?: boolean
  /** The switches at the start and after a reset, over the defaults. */
  switches?: SwitchesPatch
  /** Chance, for lags and shuffles; a seeded one makes a test repeatable. */
  random?: () => number
}

/** Everything one Salesforce knows. */
export type World = {
  deployment: ReturnType<typeof deploymentOf>
  random: () => number
  signingKey: KeyObject
  /** Of record ids and event ids. */
  lastNumber: number
  switches: Switches
  /** What the switches return to. */
  switchesAtStart: SwitchesPatch
  faults: Fault[]
  conversations: Map<string, Conversation>
  exchanges: Exchange[]
  /** Moments of admitted calls, by limit; our clock. */
  admissions: Map<string, number[]>
}

export function createWorld(options: SalesforceOptions): World {
  const switchesAtStart = options.switches ?? {}
  const switches = defaultSwitches()
  patchSwitches(switches, switchesAtStart)
  return {
    deployment: deploymentOf(options),
    random: options.random ?? Math.random,
    signingKey: newSigningKey(),
    lastNumber: 0,
    switches,
    switchesAtStart,
    faults: [],
    conversations: new Map(),
    exchanges: [],
    admissions: new Map(),
  }
}

/** Puts every switch back to where it was at the start. */
export function resetSwitches({ switches, switchesAtStart }: World): void {
  Object.assign(switches, defaultSwitches())
  patchSwitches(switches, switchesAtStart)
}

/** Forgets conversations, faults, exchanges and counts; tokens given out before stay good. */
export function resetWorld(world: World): void {
  resetSwitches(world)
  world.faults.length = 0
  world.exchanges.length = 0
  world.conversations.clear()
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

function deploymentOf(options: SalesforceOptions) {
  return {
    orgId: options.orgId ?? '00DZZ0000000AbC',
    esDeveloperName: options.esDeveloperName ?? 'Harbor_Custom_Client',
    channelAddressIdentifier: '0d5e6a4c-8f0b-4f53-9c55-3f4a2f1f0b77',
    authMode: options.authMode ?? 'UnAuth',
    forms: options.forms ?? [],
    choiceListConfig: options.choiceListConfig ?? null,
    attachments: options.attachments ?? null,
    allowTranscriptDownload: options.allowTranscriptDownload ?? false,
  }
}
