/** Reads a request and validates it by its schema; a typo is reported by name. */
import type * as z from 'zod'
import { parseJson } from '../json.js'
import { type FieldError, GatewayError } from '../problem.js'
import type { Services } from '../services.js'

/** A caller's own words come back shortened, and not all of them. */
const maxErrors = 20
const maxPathLength = 200

/** Says what is wrong, field by field. */
export function invalid(all: readonly FieldError[]): GatewayError {
  const errors = all.slice(0, maxErrors).map(({ path, message }): FieldError => {
    return {
      path: path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path,
      message,
    }
  })
  const [first] = errors
  const detail = first ? `${first.path || 'The body'} ${first.message}.` : 'It cannot be read.'
  return new GatewayError('invalid_request', { detail, errors })
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

function isMissing(issue: z.core.$ZodIssue, input: unknown): boolean {
  const parents = issue.path.slice(0, -1)
  const parent = parents.reduce<unknown>(
    (value, key) => (isObject(value) ? Reflect.get(value, key) : undefined),
    input,
  )
  const last = issue.path.at(-1)
  return last !== undefined && isObject(parent) && !Object.hasOwn(parent, last)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Returns one error per unknown property, and words that say what to do. */
function fieldErrors(issue: z.core.$ZodIssue, input: unknown): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const message = 'is not a known property'
    return issue.keys
      .slice(0, maxErrors)
      .map((key) => ({ path: pathOf([...issue.path, key]), message }))
  }
  const path = pathOf(issue.path)
  if (isMissing(issue, input)) return [{ path, message: 'is required' }]
  if (issue.code === 'invalid_type') return [{ path, message: `must be of type ${issue.expected}` }]
  if (issue.code === 'invalid_key') {
    return [{ path, message: issue.issues[0]?.message ?? 'is not a valid name' }]
  }
  return [{ path, message: issue.message }]
}

/**
 * Parses the input by its schema.
 * @throws {GatewayError} invalid_request with a path for each thing wrong
 */
export function validate<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const read = schema.safeParse(input)
  if (read.success) return read.data
  const issues = read.error.issues.slice(0, maxErrors)
  throw invalid(issues.flatMap((issue) => fieldErrors(issue, input)))
}

/** Reads an action's body, up to a size. */
export type BodyReader = {
  mediaType: 'application/json' | 'multipart/form-data'
  maxBytes: number
  read: (request: Request, services: Services) => Promise<unknown>
}

/** Reads a JSON body; no body at all counts as `{}`. */
export const jsonBody = {
  mediaType: 'application/json',
  maxBytes: 128 * 1024,
  read: readJson,
} as const satisfies BodyReader

/**
 * Reads a JSON body.
 * @throws {GatewayError} unsupported_media_type, invalid_request
 */
async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request)
  if (text === '') return {}
  if (!hasType(request, 'application/json')) {
    const detail = 'Send JSON with Content-Type: application/json.'
    throw new GatewayError('unsupported_media_type', { detail })
  }
  return parseJsonBody(text)
}

/**
 * Reads a body as UTF-8, without a byte-order mark. Bytes that are no UTF-8 are refused, because
 * the text that replaces them is not what its sender wrote.
 * @throws {GatewayError} invalid_request
 * @throws {GatewayError} unsupported_media_type when another charset is declared
 */
export async function readText(request: Request): Promise<string> {
  const bytes = await request.arrayBuffer()
  if (!['', 'utf-8', 'utf8'].includes(charsetOf(request))) {
    throw new GatewayError('unsupported_media_type', { detail: 'Send text as UTF-8.' })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid([{ path: '', message: 'must be UTF-8' }])
  }
}

/** Returns the charset that a body declares, in lower case; `''`: none. */
function charsetOf(request: Request): string {
  const [, ...parameters] = (request.headers.get('content-type') ?? '').split(';')
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() === 'charset')
      return value.replaceAll('"', '').trim().toLowerCase()
  }
  return ''
}

/**
 * Tells that a body is of this media type, regardless of its parameters; `''`: of none that is
 * named.
 */
export function hasType(request: Request, type: string): boolean {
  const [named = ''] = (request.headers.get('content-type') ?? '').split(';')
  return named.trim().toLowerCase() === type
}

/**
 * Parses a body as JSON.
 * @throws {GatewayError} invalid_request when it is no JSON, or names `__proto__`
 */
export function parseJsonBody(text: string): unknown {
  const body = parseJson(text)
  if (body === undefined) throw invalid([{ path: '', message: 'must be JSON' }])
  const path = pathOfProto(body)
  if (path !== null) throw invalid([{ path, message: 'is not a known property' }])
  return body
}

/** Finds `__proto__` in a body. No schema sees it, because it means another thing to objects. */
function pathOfProto(body: unknown): string | null {
  const waiting: [path: string[], value: unknown][] = [[[], body]]
  for (const [path, value] of waiting) {
    if (!isObject(value)) continue
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') return pathOf([...path, key])
      if (isObject(inner) && path.length < 8) waiting.push([[...path, key], inner])
    }
  }
  return null
}

/** No endpoint knows so many. */
const maxQueryNames = 20

/**
 * Reads the query, each name once.
 * @throws {GatewayError} invalid_request
 */
export function readQuery(request: Request): unknown {
  const { searchParams } = new URL(request.url)
  const names = [...searchParams.keys()]
  if (names.length > maxQueryNames) {
    throw invalid([{ path: '', message: `must be at most ${maxQueryNames} query parameters` }])
  }
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  if (repeated.size > 0) {
    throw invalid([...repeated].map((path) => ({ path, message: 'must be given once' })))
  }
  return Object.fromEntries(searchParams)
}
