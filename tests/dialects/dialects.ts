/**
 * Lists the dialects that the gateway speaks to Salesforce, and where they differ. Everything else in
 * the contract is the same in both, which the tests beside this table check.
 */
import type { SalesforceOptions } from '../../sandbox/salesforce/index.js'
import type { TestGateway } from '../support/gateway.js'
import { guideEnv, guideSalesforce } from '../support/guide.js'

/** Names an operation that both dialects have, each under another name. */
type Operation = 'createToken' | 'start' | 'send' | 'list' | 'end'

export type Dialect = {
  name: string
  salesforce: SalesforceOptions
  env: Record<string, string>
  operations: Record<Operation, Parameters<TestGateway['salesforce']['fail']>[0]['operation']>
  /** Looks up or repeats an unclear start or send; else the problem is not retryable. */
  resolvesUnclearSends: boolean
  /** Replaces an expired token of a guest; else its conversation is lost. */
  renewsGuestTokens: boolean
  /** Reports in a poll who handles the conversation; else `unknown`. */
  reportsHandledBy: boolean
  /** Delivers forms, carousels, times and web views as such; else as texts. */
  hasRichMessageTypes: boolean
  /** Supports typing, receipts, transcript, sessions, business hours, refreshed conversations. */
  hasExtendedFeatures: boolean
  /** Sends `contextParameters` to Salesforce apart from the routing attributes. */
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
