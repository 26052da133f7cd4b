/**
 * Serves the floor, as a separate process: the least that any gateway must do for a call. That is one
 * request to Redis, one to Salesforce where the call needs it, and JSON read and written on the way.
 * It checks nothing and keeps nothing. `FLOOR=web` does it by `Request`, `Response` and `fetch`, as
 * every handler for serverless platforms must; without, it does it by `node:http` alone.
 */
import { createStubCaller, type StubReply, type StubRequest, serveStub } from './http-stub.js'
import { createFetchCaller, serveWeb } from './web-stub.js'

const { FLOOR, REDIS_URL = '', REDIS_TOKEN = '', SALESFORCE_URL = '' } = process.env
const [createCaller, serveFloor] =
  FLOOR === 'web' ? [createFetchCaller, serveWeb] : [createStubCaller, serveStub]
const callRedis = createCaller(REDIS_URL)
const callSalesforce = createCaller(SALESFORCE_URL)
const conversation = '/iamessage/api/v2/conversation/00000000-0000-4000-8000-000000000000'
const list = `${conversation}/entries?limit=50&direction=FromStart&startTimestamp=`

const json = { 'Content-Type': 'application/json' }
const redisHeaders = { ...json, Authorization: `Bearer ${REDIS_TOKEN}` }
const salesforceHeaders = { ...json, Authorization: `Bearer ${'x'.repeat(500)}` }

/** Counts a call and reads a record, in one request. */
async function touchRedis(): Promise<unknown> {
  const commands = [
    ['HMGET', 'floor:record', 'visitor', 'conversation', 'token'],
    ['SET', 'floor:calls', Date.now(), 'PX', 60_000],
  ]
  const body = JSON.stringify(commands)
  const { text } = await callRedis({
    method: 'POST',
    path: '/pipeline',
    headers: redisHeaders,
    body,
  })
  return JSON.parse(text)
}

async function touchSalesforce(method: string, path: string, content?: unknown): Promise<unknown> {
  const body = content === undefined ? undefined : JSON.stringify(content)
  const { text } = await callSalesforce({ method, path, headers: salesforceHeaders, body })
  return JSON.parse(text)
}

async function poll(): Promise<unknown> {
  const redis = await touchRedis()
  return { redis, page: await touchSalesforce('GET', `${list}${Date.now() - 35_000}`) }
}

async function send(body: string): Promise<unknown> {
  const { id, text } = JSON.parse(body)
  const redis = await touchRedis()
  const message = { id, messageType: 'StaticContentMessage', staticContent: { text } }
  return { redis, sent: await touchSalesforce('POST', `${conversation}/message`, { message }) }
}

async function start(body: string): Promise<unknown> {
  const attributes = JSON.parse(body)
  const redis = await touchRedis()
  const tokens = '/iamessage/api/v2/authorization/unauthenticated/access-token'
  const token = await touchSalesforce('POST', tokens, { platform: 'Web' })
  const opened = await touchSalesforce('POST', '/iamessage/api/v2/conversation', attributes)
  return { redis, token, opened }
}

async function answer({ path, body }: StubRequest): Promise<StubReply> {
  const [name] = path.split('?')
  if (name === '/api/poll') return { json: JSON.stringify(await poll()) }
  if (name === '/api/send') return { status: 202, json: JSON.stringify(await send(body)) }
  if (name === '/api/start') return { status: 201, json: JSON.stringify(await start(body)) }
  return { json: JSON.stringify({ redis: await touchRedis(), asked: JSON.parse(body) }) }
}

await serveFloor(answer)
