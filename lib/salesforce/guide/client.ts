/**
 * Implements the port over the endpoints of the community guide (`docs/guide-dialect.md`): for
 * proxies and test benches that were built after it. Its ids are Salesforce's, its tokens are
 * renewed, and its list holds messages only.
 */
import type * as z from 'zod'
import type { EntryPage, PageRequest } from '../../polling/entries.js'
import { GatewayError } from '../../problem.js'
import { remainingMs } from '../../request.js'
import {
  expectDone,
  expectSuccess,
  failureOf,
  parseResponse,
  type SalesforceRequest,
  type SalesforceResponse,
  send,
} from '../http.js'
import type {
  ConversationRef,
  Messaging,
  SalesforceToken,
  SendResult,
  SessionOptions,
} from '../messaging.js'
import { sendWithRetry } from '../retry.js'
import { type Listing, readAll } from './listing.js'
import { toEntry } from './messages.js'
import { toOutgoing, unsupported } from './outgoing.js'
import * as schemas from './schemas.js'
import {
  type AssertionOptions,
  baseWithin,
  packToken,
  signAssertion,
  unpackToken,
} from './tokens.js'

type Options = AssertionOptions & { url: string; deployment: string }

/**
 * Sets the share of a message's time that sending may take; the rest is for answering the caller.
 */
const sendTimeShare = 0.8

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const loginNote =
  'The login did not accept our assertion: check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID, ' +
  'SALESFORCE_SIGNING_KEY, and that SALESFORCE_ORG_ID is the organisation they belong to'
const authorizationNote =
  'The authorization was refused or cannot be used: check SALESFORCE_DEPLOYMENT, and that ' +
  'SALESFORCE_MESSAGING_URL is the host that its context.url names'

/**
 * Parses a response to the login or to the authorization.
 * @throws {GatewayError} upstream_rejected with `note` for any refusal but 429: it points to our
 * configuration
 */
function parseAuthorization<T extends z.ZodType>(
  schema: T,
  response: SalesforceResponse,
  note: string,
) {
  if (response.status >= 200 && response.status < 300) return parseResponse(schema, response)
  if (response.status === 429 || response.status >= 500) throw failureOf(response)
  throw new GatewayError('upstream_rejected', { effect: 'none', note })
}

function parseConversationId(response: SalesforceResponse): string {
  expectSuccess(response)
  return parseResponse(schemas.createConversationResponse, response).conversationId
}

function parseSendResult(response: SalesforceResponse): SendResult {
  expectSuccess(response)
  const { timestamp, id } = parseResponse(schemas.sendResponse, response)
  return { at: timestamp ?? response.now, listedAs: id ?? null }
}

function parseListing(response: SalesforceResponse): Listing {
  if (response.status !== 200) throw failureOf(response)
  const { messages } = parseResponse(schemas.messagesResponse, response)
  return { entries: messages.flatMap((listed) => toEntry(listed) ?? []), now: response.now }
}

/** Splits the start's values in two, as the guide takes them. */
function sessionBody({ routingAttributes, contextParameters = {} }: SessionOptions) {
  const own = Object.entries(routingAttributes).filter(([name]) => !(name in contextParameters))
  return { routingAttributes: Object.fromEntries(own), contextParameters }
}

/** Refuses an operation that the guide does not have. */
async function refuse(): Promise<never> {
  throw unsupported()
}

/** Connects to a service that implements the guide. */
export function createGuide(options: Options): Messaging {
  const { url, orgId, deployment, loginUrl } = options

  async function logIn(): Promise<string> {
    const assertion = await signAssertion(options)
    const form = new URLSearchParams({ grant_type: grantType, assertion })
    const request: SalesforceRequest = {
      method: 'POST',
      url: `${loginUrl}/services/oauth2/token`,
      form,
    }
    const response = await send(request, remainingMs())
    return parseAuthorization(schemas.loginResponse, response, loginNote).access_token
  }

  async function authorize(token: string): Promise<SalesforceToken> {
    const body = { orgId, esDeveloperName: deployment, capabilitiesVersion: '1', platform: 'Web' }
    const target = `${url}/iamessage/api/v2/authorization`
    const request: SalesforceRequest = { method: 'POST', url: target, token, body }
    const response = await send(request, remainingMs())
    const authorization = parseAuthorization(
      schemas.authorizationResponse,
      response,
      authorizationNote,
    )
    const { accessToken, context, expiresIn } = authorization
    const base = baseWithin(context.url, url)
    if (!base) {
      throw new GatewayError('upstream_rejected', { effect: 'none', note: authorizationNote })
    }
    return {
      token: packToken({ accessToken, base, esDeveloperName: context.esDeveloperName }),
      expiresAt: options.now() + expiresIn * 1000,
      offer: { prechat: null, attachments: null },
    }
  }

  function conversationRequest(
    ref: ConversationRef,
    method: SalesforceRequest['method'],
    path: string,
  ): SalesforceRequest {
    const { accessToken: token, base } = unpackToken(ref.token)
    const name = encodeURIComponent(ref.conversationId)
    return { method, url: `${base}/iamessage/api/v2/conversation/${name}${path}`, token }
  }

  function fetchListing(ref: ConversationRef, after: string | undefined): Promise<Listing> {
    const query = after === undefined ? '' : `?${new URLSearchParams({ after })}`
    const request = conversationRequest(ref, 'GET', `/messages${query}`)
    return sendWithRetry(request, parseListing)
  }

  /**
   * Lists the newest messages from the end of the whole list: the guide has no other way to them.
   */
  async function listConversationEntries(
    ref: ConversationRef,
    page: PageRequest,
  ): Promise<EntryPage> {
    if (page.order === 'oldestFirst') {
      return { ...(await readAll((after) => fetchListing(ref, after), page.after)), full: false }
    }
    const { endTimestamp = Number.POSITIVE_INFINITY } = page
    const { entries, now } = await readAll((after) => fetchListing(ref, after))
    const newestFirst = entries
      .filter(({ at }) => at <= endTimestamp)
      .reverse()
      .sort((a, b) => b.at - a.at)
    return { entries: newestFirst, full: false, now }
  }

  return {
    traits: { renewable: true, ourIds: false, narrated: false, events: false },
    listConversationEntries,

    /** Makes two requests, neither repeated by itself. */
    createToken: async () => authorize(await logIn()),

    /** The guide knows no way to do so. */
    revokeToken: async () => undefined,

    /** Creates a conversation. It is not repeated, because each call opens another one. */
    async createConversation({ token }, opening) {
      const { accessToken, base, esDeveloperName } = unpackToken(token)
      const body = { esDeveloperName, ...sessionBody(opening) }
      const target = `${base}/iamessage/api/v2/conversation`
      const request: SalesforceRequest = { method: 'POST', url: target, token: accessToken, body }
      return parseConversationId(await send(request, sendTimeShare * remainingMs()))
    },

    async sendMessage(ref, message) {
      const body = { message: toOutgoing(message) }
      const request = { ...conversationRequest(ref, 'POST', '/message'), body }
      return parseSendResult(await send(request, sendTimeShare * remainingMs()))
    },

    async closeConversation(ref) {
      const request = conversationRequest(ref, 'POST', '/end')
      await sendWithRetry(request, expectDone)
    },

    endMessagingSession: refuse,
    async sendFile() {
      throw unsupported('Files cannot be sent here.')
    },

    retrieveConversationRoutingStatus: async () => 'unknown',
    addTypingIndicator: refuse,
    acknowledgeEntries: refuse,
    retrieveConversationTranscript: refuse,
    listConversations: refuse,
    openEventStream: refuse,
    getBusinessHours: refuse,
  }
}
