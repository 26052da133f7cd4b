/**
 * The endpoints of the community guide behind the port (`docs/guide-dialect.md`): for proxies and test
 * benches that were built after it. Its ids are Salesforce's, its tokens are renewed, and its list tells
 * messages only.
 */
import type * as z from 'zod'
import type { EntryPage, PageRequest } from '../../polling/entries.js'
import { GatewayError } from '../../problem.js'
import { remainingMs } from '../../request.js'
import {
  type Answer,
  type Call,
  expectSuccess,
  judgeDone,
  persist,
  readAs,
  refusal,
  send,
} from '../http.js'
import type { Messaging, Opening, Pass, Reach, Said } from '../messaging.js'
import { type Listing, readAll } from './listing.js'
import { toEntry } from './messages.js'
import { toOutgoing } from './replies.js'
import * as schemas from './schemas.js'
import {
  type AssertionOptions,
  baseWithin,
  packTicket,
  signAssertion,
  unpackTicket,
} from './tokens.js'

type Options = AssertionOptions & { url: string; deployment: string }

/** Of the time that a message has; the rest is for telling the caller. */
const sharePerSend = 0.8

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const loginNote =
  'The login did not accept our assertion: check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID, ' +
  'SALESFORCE_SIGNING_KEY, and that SALESFORCE_ORG_ID is the organisation they belong to'
const authorizationNote =
  'The authorization was refused or cannot be used: check SALESFORCE_DEPLOYMENT, and that ' +
  'SALESFORCE_MESSAGING_URL is the host that its context.url names'

/** Every refusal but a wish to wait is one of our configuration. */
function judgeAdmission<T extends z.ZodType>(schema: T, answer: Answer, note: string) {
  if (answer.status >= 200 && answer.status < 300) return readAs(schema, answer)
  if (answer.status === 429 || answer.status >= 500) throw refusal(answer)
  throw new GatewayError('upstream_rejected', { effect: 'none', note })
}

function judgeStarted(answer: Answer): string {
  expectSuccess(answer)
  return readAs(schemas.startedAnswer, answer).conversationId
}

function judgeSaid(answer: Answer): Said {
  expectSuccess(answer)
  const { timestamp, id } = readAs(schemas.sentAnswer, answer)
  return { at: timestamp ?? answer.now, listedAs: id ?? null }
}

function judgeListing(answer: Answer): Listing {
  if (answer.status !== 200) throw refusal(answer)
  const { messages } = readAs(schemas.listAnswer, answer)
  return { entries: messages.flatMap((listed) => toEntry(listed) ?? []), now: answer.now }
}

/** The guide keeps apart what the gateway has in one. */
function openingBody({ routingAttributes, contextParameters = {} }: Opening) {
  const own = Object.entries(routingAttributes).filter(([name]) => !(name in contextParameters))
  return { routingAttributes: Object.fromEntries(own), contextParameters }
}

async function unsupported(): Promise<never> {
  throw new GatewayError('unsupported', { effect: 'none' })
}

/** Connects to whatever speaks as the guide does. */
export function createGuide(options: Options): Messaging {
  const { url, orgId, deployment, loginUrl } = options

  async function logIn(): Promise<string> {
    const assertion = await signAssertion(options)
    const form = new URLSearchParams({ grant_type: grantType, assertion })
    const call: Call = { method: 'POST', url: `${loginUrl}/services/oauth2/token`, form }
    const answer = await send(call, remainingMs())
    return judgeAdmission(schemas.loginAnswer, answer, loginNote).access_token
  }

  async function authorize(token: string): Promise<Pass> {
    const body = { orgId, esDeveloperName: deployment, capabilitiesVersion: '1', platform: 'Web' }
    const target = `${url}/iamessage/api/v2/authorization`
    const call: Call = { method: 'POST', url: target, token, body }
    const answer = await send(call, remainingMs())
    const admission = judgeAdmission(schemas.authorizationAnswer, answer, authorizationNote)
    const { accessToken, context, expiresIn } = admission
    const base = baseWithin(context.url, url)
    if (!base) {
      throw new GatewayError('upstream_rejected', { effect: 'none', note: authorizationNote })
    }
    return {
      token: packTicket({ accessToken, base, esDeveloperName: context.esDeveloperName }),
      expiresAt: Date.now() + expiresIn * 1000,
      offer: { prechat: null, attachments: null },
    }
  }

  function conversationCall(reach: Reach, method: Call['method'], path: string): Call {
    const { accessToken: token, base } = unpackTicket(reach.token)
    const name = encodeURIComponent(reach.conversationId)
    return { method, url: `${base}/iamessage/api/v2/conversation/${name}${path}`, token }
  }

  function ask(reach: Reach, after: string | undefined): Promise<Listing> {
    const query = after === undefined ? '' : `?${new URLSearchParams({ after })}`
    const call = conversationCall(reach, 'GET', `/messages${query}`)
    return persist(async (timeoutMs) => judgeListing(await send(call, timeoutMs)))
  }

  /** The newest are found at the end of the whole list: the guide has no other way to them. */
  async function list(reach: Reach, request: PageRequest): Promise<EntryPage> {
    if (request.order === 'oldestFirst') {
      return { ...(await readAll((after) => ask(reach, after), request.after)), full: false }
    }
    const { to = Number.POSITIVE_INFINITY } = request
    const { entries, now } = await readAll((after) => ask(reach, after))
    const newestFirst = entries
      .filter(({ at }) => at <= to)
      .reverse()
      .sort((a, b) => b.at - a.at)
    return { entries: newestFirst, full: false, now }
  }

  return {
    traits: { renewable: true, ourIds: false, narrated: false },
    list,

    /** Two requests, neither repeated by itself. */
    admit: async () => authorize(await logIn()),

    /** The guide knows no way to do so. */
    revoke: async () => undefined,

    /** Not repeated: each call opens another conversation. */
    async open({ token }, opening) {
      const { accessToken, base, esDeveloperName } = unpackTicket(token)
      const body = { esDeveloperName, ...openingBody(opening) }
      const target = `${base}/iamessage/api/v2/conversation`
      const call: Call = { method: 'POST', url: target, token: accessToken, body }
      return judgeStarted(await send(call, sharePerSend * remainingMs()))
    },

    async say(reach, saying) {
      const body = { message: toOutgoing(saying) }
      const call = { ...conversationCall(reach, 'POST', '/message'), body }
      return judgeSaid(await send(call, sharePerSend * remainingMs()))
    },

    async end(reach, scope) {
      if (scope === 'session') return await unsupported()
      const call = conversationCall(reach, 'POST', '/end')
      await persist(async (timeoutMs) => judgeDone(await send(call, timeoutMs)))
    },

    routing: async () => 'unknown',
    type: unsupported,
    acknowledge: unsupported,
    transcript: unsupported,
    conversations: unsupported,
    businessHours: unsupported,
  }
}
