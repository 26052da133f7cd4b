/**
 * The dialects that the gateway speaks to Salesforce, and what each of them can carry. Everything else
 * in the contract is the same in both, which the tests beside this table hold.
 */
import type { SalesforceOptions } from '../../sandbox/salesforce/index.js'
import { guideEnv, guideSalesforce } from '../support/guide.js'
import type { World } from '../support/world.js'

/** What the dialects call the same thing. */
type Operation = 'admit' | 'open' | 'say' | 'list' | 'end'

export type Dialect = {
  name: string
  salesforce: SalesforceOptions
  env: Record<string, string>
  operations: Record<Operation, Parameters<World['salesforce']['fail']>[0]['operation']>
  /** An unclear start or send is found out or repeated; else the caller is told not to. */
  settlesUnclear: boolean
  /** A guest's token that is over is replaced; else the conversation is lost with it. */
  renewsGuests: boolean
  /** Polls tell who is in charge. */
  tellsWho: boolean
  /** The tenth bot word and more: forms, carousels, times. Else they come as texts. */
  typesOfItsOwn: boolean
  /** Typing, receipts, transcript, sessions, business hours, what Salesforce knows of conversations. */
  offersMore: boolean
  /** Attributes that came as `contextParameters` stay apart. */
  keepsContext: boolean
}

export const dialects: readonly Dialect[] = [
  {
    name: 'enhanced-chat',
    salesforce: {},
    env: {},
    operations: {
      admit: 'generateAccessTokenForUnauthenticatedUser',
      open: 'createConversation',
      say: 'sendMessage',
      list: 'listConversationEntries',
      end: 'closeConversation',
    },
    settlesUnclear: true,
    renewsGuests: false,
    tellsWho: true,
    typesOfItsOwn: true,
    offersMore: true,
    keepsContext: false,
  },
  {
    name: 'guide',
    salesforce: guideSalesforce,
    env: guideEnv,
    operations: {
      admit: 'authorize',
      open: 'startConversation',
      say: 'postMessage',
      list: 'listMessages',
      end: 'endConversation',
    },
    settlesUnclear: false,
    renewsGuests: true,
    tellsWho: false,
    typesOfItsOwn: false,
    offersMore: false,
    keepsContext: true,
  },
]
