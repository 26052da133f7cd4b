/**
 * Reads from the deployment's configuration what it offers to visitors (`enhanced-chat-api.md
 * §1.5`, `§2.6`). Pure.
 */
import type { Attachments, Prechat } from '../../contract/replies.js'
import { toLine } from '../text.js'
import type { DeploymentConfig } from './schemas.js'

/** `maxFileSize` is in MB (`enhanced-chat-api.md §1.5`). */
const bytesPerUnit = 1024 * 1024
const defaultMaxFileSize = 5

type PrechatField = Prechat['fields'][number]
type Form = NonNullable<NonNullable<DeploymentConfig['forms']>[number]>
type FormField = NonNullable<Form['formFields']>[number]

const types = new Map<string, PrechatField['type']>([
  ['Text', 'text'],
  ['Email', 'email'],
  ['Number', 'number'],
  ['Phone', 'phone'],
  ['Checkbox', 'checkbox'],
  ['ChoiceList', 'choice'],
])

/** Returns the options of a choice; it is answered with the value's name, not its id. */
function optionsOf(field: FormField, config: DeploymentConfig): PrechatField['options'] {
  const list = config.choiceListConfig?.choiceList?.find(
    ({ choiceListId }) => choiceListId === field.choiceListId,
  )
  const values = [...(list?.choiceListValues ?? [])]
  return values
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ choiceListValueName, label, isDefaultValue }) => ({
      value: choiceListValueName,
      ...(label && { label: toLine(label) }),
      ...(isDefaultValue && { default: true }),
    }))
}

function toField(field: FormField, config: DeploymentConfig): PrechatField {
  const type = types.get(field.type) ?? 'text'
  return {
    name: field.name,
    ...(field.label && { label: toLine(field.label) }),
    type,
    required: field.required === true,
    ...(field.maxLength && { maxLength: Math.floor(field.maxLength) }),
    ...(type === 'choice' && { options: optionsOf(field, config) }),
  }
}

function prechatOf(config: DeploymentConfig): Prechat | null {
  const [form] = config.forms ?? []
  const visible = (form?.formFields ?? []).filter(({ isHidden }) => isHidden !== true)
  if (!form || visible.length === 0) return null
  const fields = visible
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((field) => toField(field, config))
  return {
    required: fields.some(({ required }) => required),
    per: form.displayContext === 'Session' ? 'session' : 'conversation',
    fields,
  }
}

function attachmentsOf({ attachments }: DeploymentConfig): Attachments | null {
  if (!attachments?.endUserToAgent) return null
  const size = attachments.maxFileSize ?? defaultMaxFileSize
  return { maxBytes: Math.floor(size * bytesPerUnit) }
}

/** Maps the deployment's configuration to its offer; empty when there is no configuration. */
export function toOffer(config: DeploymentConfig | null | undefined): {
  prechat: Prechat | null
  attachments: Attachments | null
} {
  if (!config) return { prechat: null, attachments: null }
  return { prechat: prechatOf(config), attachments: attachmentsOf(config) }
}
