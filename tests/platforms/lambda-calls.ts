/** Calls as AWS hands them to a function: the recorded events with what a test says instead. */
import type { LambdaEvent } from 'hono/aws-lambda'
import * as z from 'zod'
import { handler } from '../../platforms/lambda.js'
import { sentToClients } from '../support/request.js'
import functionUrl from './events/function-url.json' with { type: 'json' }
import httpApi from './events/http-api.json' with { type: 'json' }
import restApi from './events/rest-api.json' with { type: 'json' }

export type Call = {
  method?: string
  path: string
  query?: readonly [string, string][]
  headers?: Record<string, string>
  /** Text goes as it is, bytes as base64. */
  body?: string | Uint8Array
  sourceIp?: string
}

type ToEvent = (call: Call) => LambdaEvent

const isObject = (value: unknown) => typeof value === 'object' && value !== null
const lambdaEvent = z.custom<LambdaEvent>(isObject)

function bodyOf({ body }: Call) {
  if (body === undefined) return { isBase64Encoded: false }
  if (typeof body === 'string') return { body, isBase64Encoded: false }
  return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
}

/** Builds events of payload 2.0: header names in lower case, the query as it was written. */
function version2(recorded: typeof functionUrl | typeof httpApi): ToEvent {
  const { stage, http } = recorded.requestContext
  const prefix = stage === '$default' ? '' : `/${stage}`
  return (call) => {
    const { method = 'GET', path, query = [], headers = {}, sourceIp = http.sourceIp } = call
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
    const rawPath = `${prefix}${path}`
    return lambdaEvent.parse({
      ...recorded,
      ...bodyOf(call),
      rawPath,
      rawQueryString: query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
      headers: { ...recorded.headers, ...Object.fromEntries(named) },
      requestContext: {
        ...recorded.requestContext,
        http: { ...http, method, path: rawPath, sourceIp },
      },
    })
  }
}

/**
 * Builds events of payload 1.0: header names as they were written, the query decoded, everything in
 * two forms.
 */
function version1(prefix: string): ToEvent {
  const { requestContext, headers: recorded } = restApi
  return (call) => {
    const { method = 'GET', path, query = [], headers = {} } = call
    const { sourceIp = requestContext.identity.sourceIp } = call
    const together = { ...recorded, ...headers }
    const many = (entries: readonly (readonly [string, string])[]) =>
      Object.fromEntries(
        entries.map(([name]) => [name, entries.filter(([n]) => n === name).map(([, v]) => v)]),
      )
    return lambdaEvent.parse({
      ...restApi,
      ...bodyOf(call),
      path: `${prefix}${path}`,
      httpMethod: method,
      headers: together,
      multiValueHeaders: many(Object.entries(together)),
      queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
      multiValueQueryStringParameters: query.length > 0 ? many(query) : null,
      requestContext: {
        ...requestContext,
        identity: { ...requestContext.identity, sourceIp },
      },
    })
  }
}

/** The ways to a function, and the origin that each has. */
export const ways = [
  ['a function URL', version2(functionUrl), functionUrl.requestContext.domainName],
  ['an HTTP API with a stage', version2(httpApi), httpApi.requestContext.domainName],
  ['a REST API', version1(''), restApi.requestContext.domainName],
  ['a REST API whose path has its stage', version1('/prod'), restApi.requestContext.domainName],
] as const

const result = z.object({
  statusCode: z.number(),
  body: z.string(),
  isBase64Encoded: z.boolean(),
  headers: z.record(z.string(), z.string()).optional(),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).optional(),
  cookies: z.undefined().optional(),
})

/** Returns what a caller gets of it: AWS decodes bytes that are marked as such. */
export async function invoke(toEvent: ToEvent, call: Call) {
  const event = toEvent(call)
  const given = result.parse(await handler(event))
  const { statusCode: status, isBase64Encoded, multiValueHeaders } = given
  expectForm('multiValueHeaders' in event, multiValueHeaders !== undefined)
  const bytes = Buffer.from(given.body, isBase64Encoded ? 'base64' : 'utf8')
  const headers = new Headers(given.headers)
  for (const [name, values] of Object.entries(multiValueHeaders ?? {}))
    for (const value of values) headers.append(name, value)
  sentToClients.push(bytes.toString(), JSON.stringify([...headers]))
  const isJson = headers.get('content-type')?.includes('json')
  const body = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : bytes.toString()
  return { status, headers, bytes, body, isBase64Encoded }
}

/** Fails unless the result's headers have the form of AWS's own, the only one it reads. */
function expectForm(asked: boolean, given: boolean): void {
  if (asked !== given) throw new Error('The headers of the result are in the wrong form')
}
