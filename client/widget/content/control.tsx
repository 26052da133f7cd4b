import type { ComponentProps, ReactNode } from 'react'
import { useWidget } from '../context.js'
import { type FieldSpec, longestOf } from './fields.js'

/** Properties of every control. */
type ControlProps = {
  spec: FieldSpec
  attributes: Pick<
    ComponentProps<'input'>,
    'id' | 'name' | 'aria-describedby' | 'aria-invalid' | 'aria-required'
  >
}

const inputTypes: Partial<Record<FieldSpec['type'], string>> = {
  number: 'number',
  date: 'date',
  datetime: 'datetime-local',
  email: 'email',
  phone: 'tel',
}

/** Limits years to four digits. */
const lastDays: Partial<Record<FieldSpec['type'], string>> = {
  date: '9999-12-31',
  datetime: '9999-12-31T23:59',
}

function Select({
  spec: { options = [], given },
  attributes: { id, name, ...aria },
}: ControlProps) {
  const { texts } = useWidget()
  return (
    <span className="miaw-select">
      <select id={id} name={name} {...aria} className="miaw-input" defaultValue={given?.[0] ?? ''}>
        <option value="">{texts.pleaseChoose}</option>
        {options.map(({ itemId, title }) => (
          <option key={itemId} value={itemId}>
            {title}
          </option>
        ))}
      </select>
    </span>
  )
}

function TextArea({ spec, attributes: { id, name, ...aria } }: ControlProps) {
  const { placeholder, given } = spec
  const rest = { id, name, ...aria, placeholder, maxLength: longestOf(spec), rows: 3 }
  return <textarea {...rest} className="miaw-input" dir="auto" defaultValue={given?.[0]} />
}

/** Shows the control for a field's type: an input, a text area, a select or a checkbox. */
export function Control({ spec, attributes }: ControlProps) {
  const { type, placeholder, given } = spec
  if (type === 'select') return <Select spec={spec} attributes={attributes} />
  if (type === 'multiline') return <TextArea spec={spec} attributes={attributes} />
  if (type === 'boolean')
    return (
      <input {...attributes} type="checkbox" className="miaw-tick" defaultChecked={!!given?.[0]} />
    )
  return (
    <input
      {...attributes}
      type={inputTypes[type] ?? 'text'}
      className="miaw-input"
      dir={type === 'text' ? 'auto' : undefined}
      step={type === 'number' ? 'any' : undefined}
      maxLength={longestOf(spec)}
      max={lastDays[type]}
      placeholder={placeholder}
      autoComplete={spec.completion}
      defaultValue={given?.[0]}
    />
  )
}

type CheckboxGroupProps = ControlProps & { label: ReactNode; children: ReactNode }

/** Shows checkboxes of which several may be ticked. The group has the label, each box the error. */
export function CheckboxGroup({ spec, attributes, label, children }: CheckboxGroupProps) {
  const { options = [], given = [] } = spec
  const { id, name, 'aria-describedby': describedBy, 'aria-invalid': isInvalid } = attributes
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own
    <div
      className="miaw-question"
      data-type="multiselect"
      role="group"
      aria-labelledby={id}
      aria-describedby={describedBy}
    >
      <span className="miaw-label" id={id}>
        {label}
      </span>
      {options.map(({ itemId, title }) => (
        <label className="miaw-check" key={itemId}>
          <input
            type="checkbox"
            className="miaw-tick"
            name={name}
            value={itemId}
            defaultChecked={given.includes(itemId)}
            aria-invalid={isInvalid}
            aria-describedby={isInvalid ? describedBy : undefined}
          />
          <span dir="auto">{title}</span>
        </label>
      ))}
      {children}
    </div>
  )
}
