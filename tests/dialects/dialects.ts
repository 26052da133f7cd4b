/**
 * The dialects that the gateway speaks to Salesforce, and what each of them can carry. Everything else
 * in the contract is the same in both, which the tests beside this table hold.
 */
import type { SalesforceOptions } from '../../sandbox/salesforce/index.js'
import type { TestGateway } from '../support/gateway.js'
import { guideEnv, guideSalesforce } from '../support/guide.js'

/** What the dialects call the same thing. */
type Operation = 'createToken' | 'start' | 'send' | 'list' | 'end'

export type Dialect = {
  name: string
  salesforce: SalesforceOptions
  env: Record<string, string>
  operations: Record<Operation, Parameters<TestGateway['salesforce']['fail']>[0]['operation']>
  /** An unclear start or send is found out or repeated; else the caller is told not to. */
  resolvesUnclearSends: boolean
  /** A guest's token that is over is replaced; else the conversation is lost with it. */
  renewsGuestTokens: boolean
  /** Polls tell who is in charge. */
  reportsHandledBy: boolean
  /** The tenth bot word and more: forms, carousels, times. Else they come as texts. */
  hasRichMessageTypes: boolean
  /** Typing, receipts, transcript, sessions, business hours, what Salesforce knows of conversations. */
  hasExtendedFeatures: boolean
  /** Attributes that came as `contextParameters` stay apart. */
  separatesContext: boolean
}

export const dialects: readonly Dialect[] = [
  {
    name: 'enhanced-chat',
    salesforce: {},
    env: {},
    operations: {
      createToken: 'generateAccessTokenForUnauthenticatedUser',
      start: 'createConversation',
      send: 'sendMessage',
      list: 'listConversationEntries',
      end: 'closeConversation',
    },
    resolvesUnclearSends: true,
    renewsGuestTokens: false,
    reportsHandledBy: true,
    hasRichMessageTypes: true,
    hasExtendedFeatures: true,
    separatesContext: false,
  },
  {
    name: 'guide',
    salesforce: guideSalesforce,
    env: guideEnv,
    operations: {
      createToken: 'authorize',
      start: 'startConversation',
      send: 'postMessage',
      list: 'listMessages',
      end: 'endConversation',
    },
    resolvesUnclearSends: false,
    renewsGuestTokens: true,
    reportsHandledBy: false,
    hasRichMessageTypes: false,
    hasExtendedFeatures: false,
    separatesContext: true,
  },
]
