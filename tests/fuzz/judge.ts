/** What every answer must be, whatever was asked. */
import { expect } from 'vitest'
import * as z from 'zod'
import { problem } from '../../lib/contract/problems.js'
import type { Method } from '../../lib/http/endpoint.js'
import { statusOf } from '../../lib/problem.js'

/** An answer, all of it, and how long it took. */
export type Given = { status: number; headers: Headers; text: string; ms: number }

const logged = z.object({ status: z.number(), requestId: z.string(), method: z.string() })

function expectProblem({ status, headers, text }: Given): void {
  expect(headers.get('content-type')).toBe('application/problem+json')
  const said = problem.parse(JSON.parse(text))
  expect(said.status).toBe(status)
  expect(statusOf(said.code)).toBe(status)
  expect(said.code).not.toBe('internal')
}

function expectReply({ status, headers, text }: Given, method: Method, asked: string): void {
  if (asked === 'OPTIONS' || status === 204 || asked === 'HEAD') {
    expect(text).toBe('')
    return
  }
  const type = headers.get('content-type') ?? ''
  if (!type.startsWith('application/json')) {
    expect([method.name, type]).toEqual(['transcript', 'application/pdf'])
    return
  }
  method.contract?.reply.parse(JSON.parse(text))
}

/** Coded when refused, by its schema when not, within the deadline, and with one line in the log. */
export function judge(
  given: Given,
  method: Method,
  asked: string,
  { lines, longestMs }: { lines: readonly string[]; longestMs: number },
): void {
  expect(given.ms).toBeLessThan(longestMs)
  expect(given.status).not.toBe(500)
  if (given.status >= 300 && asked !== 'HEAD') expectProblem(given)
  if (given.status < 300) expectReply(given, method, asked)
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\r\n]/)
  const line = logged.parse(JSON.parse(lines[0] ?? ''))
  expect(line.status).toBe(given.status)
  expect(line.requestId).toBe(given.headers.get('x-request-id'))
}
