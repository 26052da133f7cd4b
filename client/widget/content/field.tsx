import { useId } from 'react'
import { useWidget } from '../context.js'
import { AlarmIcon } from '../icons.js'
import { CheckboxGroup, Control } from './control.js'
import type { FieldSpec } from './fields.js'

type Props = {
  spec: FieldSpec
  /** Position among the form's fields. */
  field: number
  problem: string
}

function Label({ spec: { label, required, type } }: { spec: FieldSpec }) {
  const { texts } = useWidget()
  return (
    <>
      <span dir="auto">{label}</span>
      {!required && type !== 'boolean' && <small> {texts.optional}</small>}
    </>
  )
}

/** Shows a field's hint and its error. */
function Remarks({ id, hint, problem }: { id: string; hint: string | undefined; problem: string }) {
  return (
    <>
      {problem && (
        <p className="miaw-problem" id={`${id}-problem`}>
          <AlarmIcon />
          {problem}
        </p>
      )}
      {hint && (
        <p className="miaw-hint" id={`${id}-hint`} dir="auto">
          {hint}
        </p>
      )}
    </>
  )
}

/** Shows one question with its label, its hint and the error of its answer. */
export function Field({ spec, field, problem }: Props) {
  const id = useId()
  const { type, required, hint } = spec
  const describedBy = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(' ')
  const attributes = {
    id,
    name: String(field),
    'aria-describedby': describedBy || undefined,
    'aria-invalid': problem ? true : undefined,
    'aria-required': (required && type !== 'boolean') || undefined,
  }
  const remarks = <Remarks id={id} hint={hint} problem={problem} />
  if (type === 'multiselect')
    return (
      <CheckboxGroup spec={spec} attributes={attributes} label={<Label spec={spec} />}>
        {remarks}
      </CheckboxGroup>
    )
  return (
    <div className="miaw-question" data-type={type}>
      <label className="miaw-label" htmlFor={id}>
        <Label spec={spec} />
      </label>
      <Control spec={spec} attributes={attributes} />
      {remarks}
    </div>
  )
}

/** Shows the errors of a whole form, and announces them when they appear. */
export function FormErrors({ lines }: { lines: readonly string[] }) {
  return (
    <div className="miaw-form-errors" role="alert">
      {[...new Set(lines)].map((line) => (
        <p key={line} dir="auto">
          {line}
        </p>
      ))}
    </div>
  )
}
