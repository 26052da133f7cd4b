/** Checks what every response must be, for any request. */
import { expect } from 'vitest'
import * as z from 'zod'
import { problem } from '../../lib/contract/problems.js'
import type { Method } from '../../lib/http/endpoint.js'
import { statusOf } from '../../lib/problem.js'

/** An answer, all of it, and the processor time that it took. */
export type FuzzResponse = { status: number; headers: Headers; text: string; cpuMs: number }

const logged = z.object({ status: z.number(), requestId: z.string(), method: z.string() })

function expectProblem({ status, headers, text }: FuzzResponse): void {
  expect(headers.get('content-type')).toBe('application/problem+json')
  const parsed = problem.parse(JSON.parse(text))
  expect(parsed.status).toBe(status)
  expect(statusOf(parsed.code)).toBe(status)
  expect(parsed.code).not.toBe('internal')
}

function expectReply(
  { status, headers, text }: FuzzResponse,
  method: Method,
  requestMethod: string,
): void {
  if (requestMethod === 'OPTIONS' || status === 204 || requestMethod === 'HEAD') {
    expect(text).toBe('')
    return
  }
  const type = headers.get('content-type') ?? ''
  if (!type.startsWith('application/json')) {
    expect([method.name, type]).toEqual(['transcript', 'application/pdf'])
    return
  }
  method.contract?.reply?.parse(JSON.parse(text))
}

/** Coded when refused, by its schema when not, soon, and with one line in the log. */
export function expectValidResponse(
  response: FuzzResponse,
  method: Method,
  requestMethod: string,
  { logLines, longestMs }: { logLines: readonly string[]; longestMs: number },
): void {
  expect(response.cpuMs).toBeLessThan(longestMs)
  expect(response.status).not.toBe(500)
  if (response.status >= 300 && requestMethod !== 'HEAD') expectProblem(response)
  if (response.status < 300) expectReply(response, method, requestMethod)
  expect(logLines).toHaveLength(1)
  expect(logLines[0]).not.toMatch(/[\r\n]/)
  const line = logged.parse(JSON.parse(logLines[0] ?? ''))
  expect(line.status).toBe(response.status)
  expect(line.requestId).toBe(response.headers.get('x-request-id'))
}
