/** Checks what a caller must, may and may not give before a conversation starts. Pure. */

import type { Prechat } from '../contract/replies.js'
import type { StartRequest } from '../contract/requests.js'
import { type FieldError, GatewayError } from '../problem.js'
import type { Attributes } from '../store/record.js'

type Field = Prechat['fields'][number]
type Given = { [name in 'routingAttributes' | 'contextParameters']?: Attributes | undefined }

/**
 * Returns the caller's values. `contextParameters` is the guide's name for the same, and gives way.
 * @throws {GatewayError} invalid_request with a path for each value that callers may not set
 */
export function attributesOf(
  { routingAttributes, contextParameters }: Given,
  allowed: readonly string[],
): Attributes {
  const given = { contextParameters, routingAttributes }
  const errors = Object.entries(given).flatMap(([name, values]) =>
    Object.keys(values ?? {})
      .filter((key) => !allowed.includes('*') && !allowed.includes(key))
      .map((key) => ({ path: `${name}.${key}`, message: 'may not be set by callers' })),
  )
  if (errors.length > 0) throw new GatewayError('invalid_request', { errors })
  return { ...contextParameters, ...routingAttributes }
}

/**
 * Returns the attributes that were given as `contextParameters`, and that nothing else has
 * overruled.
 */
export function contextOf(
  { contextParameters, routingAttributes }: Given,
  merged: Attributes,
): Attributes {
  const isOwn = (name: string, value: string) =>
    merged[name] === value && routingAttributes?.[name] === undefined
  const all = Object.entries(contextParameters ?? {})
  return Object.fromEntries(all.filter(([name, value]) => isOwn(name, value)))
}

const emailPattern = /^[^\s@]+@[^\s@]+$/
/** Salesforce's own client sends a ticked box as "on" (`enhanced-chat-api.md §10` no. 4). */
const checkboxValues = new Set(['on', 'true', 'false'])
const numberPattern = /^-?\d+([.,]\d+)?$/

function complaint({ type, required, maxLength, options }: Field, value: string): string | null {
  if (value.trim() === '') return required ? 'is required' : null
  if (maxLength !== undefined && [...value].length > maxLength) {
    return `must be at most ${maxLength} characters`
  }
  if (type === 'email' && !emailPattern.test(value)) return 'must be an e-mail address'
  if (type === 'number' && !numberPattern.test(value)) return 'must be a number'
  if (type === 'phone' && !/\d/.test(value)) return 'must be a phone number'
  if (type === 'checkbox' && !checkboxValues.has(value)) return 'must be "on", "true" or "false"'
  if (type === 'choice' && options && !options.some((option) => option.value === value)) {
    return `must be one of: ${options.map((option) => option.value).join(', ')}`
  }
  return null
}

/** Returns the errors in the answers to a form, with a path for each. */
export function prechatErrors(form: Prechat, attributes: Attributes): FieldError[] {
  return form.fields.flatMap((field) => {
    const message = complaint(field, attributes[field.name] ?? '')
    return message === null ? [] : [{ path: `routingAttributes.${field.name}`, message }]
  })
}

/**
 * Checks the answers against the deployment's form.
 * @throws {GatewayError} prechat_required with the form when there is one and nothing was answered
 * @throws {GatewayError} invalid_request with a path for each wrong answer
 */
export function checkPrechat(
  form: Prechat | null,
  { routingAttributes }: StartRequest,
  attributes: Attributes,
): void {
  if (!form) return
  if (!routingAttributes) throw new GatewayError('prechat_required', { extra: { prechat: form } })
  const errors = prechatErrors(form, attributes)
  if (errors.length > 0) throw new GatewayError('invalid_request', { errors })
}
