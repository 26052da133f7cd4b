/**
 * Imitates a gateway of the guide's making, in our own words: signs, logs in, and sends for one
 * visitor.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import * as z from 'zod'
import { createSalesforce, instant, type Salesforce } from '../../sandbox/salesforce/index.js'

export const baseUrl = 'https://harbor.my.salesforce-scrt.com'
export const loginUrl = 'https://login.salesforce.example'
export const clientId = 'connected-app'
export const orgId = '00DZZ0000000AbC'
export const api = '/iamessage/api/v2'
export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const { privateKey } = keys
/** Identifies the gateway towards Salesforce. */
export const guide = { clientId, publicKey: keys.publicKey, loginUrl }

/** Creates a Salesforce of the guide that answers and lists at once. */
export const createGuide = () => createSalesforce({ api: 'guide', guide, switches: instant })

const messageSchema = z.looseObject({
  id: z.string().regex(/^msg_\w+$/),
  conversationId: z.string().regex(/^conv_\w+$/),
  messageType: z.string(),
  sender: z.strictObject({
    role: z.enum(['Agent', 'EndUser', 'Chatbot']),
    displayName: z.string().min(1),
  }),
  timestamp: z.iso.datetime(),
})
const listSchema = z.strictObject({ messages: z.array(messageSchema) })
const sentSchema = z.strictObject({ id: z.string(), timestamp: z.iso.datetime() })

export type GuideMessage = z.infer<typeof messageSchema>

type RequestOptions = {
  token?: string | undefined
  body?: unknown
  headers?: Record<string, string>
  origin?: string
}

/** Sends one request and reads the answer; a body is JSON unless it is a form already. */
export async function callSalesforce(
  salesforce: Salesforce,
  method: string,
  path: string,
  options: RequestOptions = {},
) {
  const { token, body, headers, origin = baseUrl } = options
  const isForm = body instanceof URLSearchParams
  const request = new Request(`${origin}${path}`, {
    method,
    headers: {
      ...(!isForm && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  })
  const response = await salesforce.handle(request)
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json' && text !== ''
  return { status: response.status, body: isJson ? JSON.parse(text) : text }
}

/**
 * Signs an assertion as the guide makes it; each claim can be replaced, undefined leaves it out.
 */
export async function assertion(claims: Record<string, unknown> = {}, key: KeyObject = privateKey) {
  const iat = Math.floor(Date.now() / 1000)
  const usual = { iss: clientId, sub: orgId, aud: loginUrl, iat, exp: iat + 300 }
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'RS256' }).sign(key)
}

/** Hands in an assertion. */
export function exchange(salesforce: Salesforce, token: string, grant = jwtBearer) {
  const body = new URLSearchParams({ grant_type: grant, assertion: token })
  return callSalesforce(salesforce, 'POST', '/services/oauth2/token', { body, origin: loginUrl })
}

export const authorization = {
  orgId,
  esDeveloperName: 'Harbor_Custom_Client',
  capabilitiesVersion: '1',
  platform: 'Web',
}

/** Fetches a token for one visitor, with all steps before it. */
export async function authorize(salesforce: Salesforce, options: RequestOptions = {}) {
  const { body } = await exchange(salesforce, await assertion())
  return callSalesforce(salesforce, 'POST', `${api}/authorization`, {
    token: body.access_token,
    body: authorization,
    ...options,
  })
}

/** Builds a text as it is sent. */
export const textOf = (text: string) => ({
  message: {
    messageType: 'StaticContentMessage',
    staticContent: { formatType: 'Text', text },
  },
})

/** Builds a choice as it is sent. */
export const choiceOf = (quickReplySelection: { itemId: string; title: string }) => ({
  message: { messageType: 'QuickReplySelectionMessage', quickReplySelection },
})

/** Opens a conversation that the bot has greeted in. */
export async function startConversation(salesforce: Salesforce, beginning: object = {}) {
  const token = z.string().parse((await authorize(salesforce)).body.accessToken)
  const start = { token, body: { esDeveloperName: 'Harbor_Custom_Client', ...beginning } }
  const { body } = await callSalesforce(salesforce, 'POST', `${api}/conversation`, start)
  const conversationId = z.string().parse(body.conversationId)
  const path = `${api}/conversation/${conversationId}`
  const post = (what: unknown) =>
    callSalesforce(salesforce, 'POST', `${path}/message`, { token, body: what })
  const list = async (after?: string): Promise<GuideMessage[]> => {
    const query = after === undefined ? '' : `?after=${after}`
    const answer = await callSalesforce(salesforce, 'GET', `${path}/messages${query}`, { token })
    return listSchema.parse(answer.body).messages
  }
  return {
    token,
    conversationId,
    path,
    post,
    /** Says a text, and gives the id and time it was taken with. */
    say: async (text: string) => sentSchema.parse((await post(textOf(text))).body),
    end: () => callSalesforce(salesforce, 'POST', `${path}/end`, { token }),
    list,
    /** Each message in short. */
    timeline: async () => (await list()).map(summaryOf),
  }
}

const textSchema = z.object({ staticContent: z.object({ text: z.string() }) })

/** Summarises a message: `Chatbot: Hello` for a text, `Chatbot QuickReplyMessage` for others. */
export function summaryOf(message: GuideMessage): string {
  const { role } = message.sender
  const { data } = textSchema.safeParse(message)
  return data ? `${role}: ${data.staticContent.text}` : `${role} ${message.messageType}`
}
