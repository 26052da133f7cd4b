/** Tests the body of a transcript on its way from Salesforce to the caller. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import transcript from '../../api/_transcript.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { simulateEachTest } from '../support/simulated-time.js'

const operation = 'retrieveConversationTranscript'
const deadlineMs = 1200
const gateway = setupGateway({
  salesforce: { allowTranscriptDownload: true },
  env: { REQUEST_DEADLINE_MS: '4000' },
})
simulateEachTest()

const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await sleep(10)
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

type BodyFault = Extract<FaultInput['what'], { body: unknown }>['body']

/** Asks for a transcript whose body comes with a fault, within a short deadline. */
async function ask(fault: BodyFault, method = 'GET'): Promise<Response> {
  const { token, conversationId, send } = await startConversation()
  await send('To be kept')
  gateway.setEnv({ REQUEST_DEADLINE_MS: String(deadlineMs) })
  gateway.logLines.length = 0
  gateway.salesforce.fail({ operation, times: 9, what: { body: fault } })
  const url = `https://chat.example/api/transcript?conversationId=${conversationId}`
  return await transcript.fetch(
    new Request(url, { method, headers: { authorization: `Bearer ${token}` } }),
    { remoteAddress: '192.0.2.1' },
  )
}

const readLog = () => gateway.logLines.map((line) => JSON.parse(line))

/** Returns the length of what comes before the end, and whether the end is a failure. */
async function readBody({ body }: Response) {
  let bytes = 0
  try {
    for await (const piece of body ?? []) bytes += piece.length
    return { bytes, isCut: false }
  } catch {
    return { bytes, isCut: true }
  }
}

describe('the body of a transcript', () => {
  it('may take longer than the deadline of the request, while it moves', async () => {
    const response = await ask({ pieceBytes: 50, everyMs: 150 })
    expect(response.status).toBe(200)
    const since = Date.now()
    const text = await response.text()
    expect(Date.now() - since).toBeGreaterThan(deadlineMs)
    expect(text).toMatch(/^%PDF-1\.4[\s\S]*%%EOF\n$/)
    const line = { status: 200, bytes: text.length }
    expect(readLog()).toEqual([expect.objectContaining({ ...line, level: 'info' })])
    expect(readLog()[0]).not.toHaveProperty('cut')
  })

  it('is a PDF though its bytes come one by one', async () => {
    const response = await ask({ pieceBytes: 1 })
    expect(response.status).toBe(200)
    expect(await response.text()).toMatch(/^%PDF-1\.4[\s\S]*%%EOF\n$/)
  })

  it('must begin within the deadline: 504 when its first bytes do not come', async () => {
    const since = Date.now()
    const response = await ask({ pieceBytes: 1, breakAfterBytes: 4, breakBy: 'hang' })
    expect(response.status).toBe(504)
    expect(Date.now() - since).toBeLessThanOrEqual(deadlineMs)
    expect(await response.json()).toMatchObject({ code: 'upstream_timeout' })
  })

  it.each([
    ['drop', 'upstream'],
    ['hang', 'idle'],
  ] as const)('ends with a failure after a %s, and one log line says so', async (breakBy, cut) => {
    const response = await ask({ breakAfterBytes: 300, breakBy })
    expect(response.status).toBe(200)
    const since = Date.now()
    expect(await readBody(response)).toEqual({ bytes: 300, isCut: true })
    expect(Date.now() - since).toBe(cut === 'idle' ? deadlineMs : 0)
    const line = { level: 'error', endpoint: 'transcript', status: 200, bytes: 300, cut }
    expect(readLog()).toEqual([expect.objectContaining(line)])
  })

  it('waits for a reader who is slower than the deadline, and asks for no more meanwhile', async () => {
    const response = await ask({ pieceBytes: 100 })
    const reader = response.body?.getReader()
    let bytes = (await reader?.read())?.value?.length ?? 0
    await sleep(deadlineMs * 2)
    expect(readLog()).toEqual([])
    for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
      bytes += piece.value.length
    }
    expect(readLog()).toEqual([expect.objectContaining({ status: 200, bytes })])
  })

  it('is given up when the caller leaves, and the log line says so', async () => {
    const response = await ask({ pieceBytes: 100, everyMs: 20 })
    const reader = response.body?.getReader()
    const { length } = (await reader?.read())?.value ?? []
    await reader?.cancel()
    const line = { level: 'info', status: 200, bytes: length, cut: 'caller' }
    expect(readLog()).toEqual([expect.objectContaining(line)])
  })

  it('is not fetched for HEAD: its connection ends with the answer', async () => {
    const response = await ask({ pieceBytes: 100, breakBy: 'hang', breakAfterBytes: 100 }, 'HEAD')
    expect([response.status, response.body]).toEqual([200, null])
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(readLog()).toEqual([expect.objectContaining({ status: 200 })])
  })

  it('has the length that Salesforce states, and none for a compressed one', async () => {
    const { token, conversationId } = await startConversation()
    const lengthWith = async (headers: Record<string, string>) => {
      const what = { status: 200, body: '%PDF-1.4 %%EOF', headers }
      gateway.salesforce.fail({ operation, what })
      const url = `https://chat.example/api/transcript?conversationId=${conversationId}`
      const request = new Request(url, { headers: { authorization: `Bearer ${token}` } })
      const response = await transcript.fetch(request)
      expect(await response.text()).toBe('%PDF-1.4 %%EOF')
      return response.headers.get('content-length')
    }
    expect(await lengthWith({ 'content-length': '14' })).toBe('14')
    expect(await lengthWith({})).toBeNull()
    expect(await lengthWith({ 'content-length': 'many' })).toBeNull()
    expect(await lengthWith({ 'content-length': '9', 'content-encoding': 'identity' })).toBeNull()
  })
})
