import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Salesforce } from '../../sandbox/salesforce/index.js'

export const baseUrl = 'https://harbor.my.salesforce-scrt.com'

const tokenSchema = z.object({
  accessToken: z.string(),
  lastEventId: z.string(),
  context: z.object({ endUser: z.object({ subject: z.string() }) }),
})

const listSchema = z.object({
  conversationEntries: z.array(
    z.object({
      entryType: z.string(),
      identifier: z.string(),
      senderDisplayName: z.string(),
      sender: z.looseObject({ role: z.string() }),
      transcriptedTimestamp: z.number(),
      entryPayload: z.looseObject({
        abstractMessage: z
          .looseObject({
            staticContent: z.looseObject({ text: z.string().nullish() }).optional(),
          })
          .optional(),
      }),
    }),
  ),
})

export type ListedEntry = z.infer<typeof listSchema>['conversationEntries'][number]

type RequestOptions = { query?: Record<string, string>; body?: unknown; token?: string | null }

/** Sends one request and reads the answer. */
export async function callSalesforce(
  salesforce: Salesforce,
  method: string,
  path: string,
  options: RequestOptions = {},
) {
  const query = options.query ? `?${new URLSearchParams(options.query)}` : ''
  const request = new Request(`${baseUrl}${path}${query}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(options.token && { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  })
  const response = await salesforce.handle(request)
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json' && text !== ''
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}

export const guestTokenRequest = {
  orgId: '00DZZ0000000AbC',
  esDeveloperName: 'Harbor_Custom_Client',
  capabilitiesVersion: '1',
  platform: 'Web',
}

export const api = '/iamessage/api/v2'
export const guestTokenPath = `${api}/authorization/unauthenticated/access-token`

/** Builds a text as sendMessage takes it. */
export function textOf(text: string, id: string = randomUUID()) {
  return {
    message: {
      id,
      messageType: 'StaticContentMessage',
      staticContent: { formatType: 'Text', text },
    },
    esDeveloperName: 'Harbor_Custom_Client',
  }
}

/**
 * Creates a guest with a token, and the id of a conversation that is not created yet.
 * @param request - is the token request; by default that of a client of version 1
 */
export async function createGuest(salesforce: Salesforce, request = guestTokenRequest) {
  const answer = await callSalesforce(salesforce, 'POST', guestTokenPath, { body: request })
  const { accessToken: token, context } = tokenSchema.parse(answer.body)
  const conversationId = randomUUID()
  const path = `${api}/conversation/${conversationId}`
  const closeOptions = { token, query: { esDeveloperName: 'Harbor_Custom_Client' } }
  const list = async (query: Record<string, string> = {}): Promise<ListedEntry[]> => {
    const { body } = await callSalesforce(salesforce, 'GET', `${path}/entries`, { token, query })
    return listSchema.parse(body).conversationEntries
  }
  return {
    token,
    conversationId,
    path,
    subject: context.endUser.subject,
    call: (method: string, relativePath: string, options: RequestOptions = {}) =>
      callSalesforce(salesforce, method, `${api}${relativePath}`, { token, ...options }),
    create: (extra: object = {}) =>
      callSalesforce(salesforce, 'POST', `${api}/conversation`, {
        token,
        body: { conversationId, esDeveloperName: 'Harbor_Custom_Client', ...extra },
      }),
    sendText: (text: string, id?: string) =>
      callSalesforce(salesforce, 'POST', `${path}/message`, { token, body: textOf(text, id) }),
    status: () => callSalesforce(salesforce, 'GET', path, { token }),
    close: () => callSalesforce(salesforce, 'DELETE', path, closeOptions),
    endSession: () => callSalesforce(salesforce, 'DELETE', `${path}/session`, closeOptions),
    /** As the API lists them: the newest first, unless the query says otherwise. */
    list,
    /** The whole conversation in order, each entry in short. */
    timeline: async () => (await list({ direction: 'FromStart', limit: '50' })).map(summaryOf),
  }
}

/** Summarises an entry: `Chatbot: Hello` for a text, `ParticipantChanged` for others. */
export function summaryOf(entry: ListedEntry): string {
  const text = entry.entryPayload.abstractMessage?.staticContent?.text
  return typeof text !== 'string' ? entry.entryType : `${entry.sender.role}: ${text}`
}
