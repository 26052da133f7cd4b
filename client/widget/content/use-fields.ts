import { type FormEvent, useRef, useState } from 'react'
import { attempt } from '../attempt.js'
import { useWidget } from '../context.js'
import { type FieldSpec, type FieldValues, problemOf } from './fields.js'

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const isUnticked = (control: Control) =>
  control.type === 'checkbox' && 'checked' in control && !control.checked

/** Returns the controls of a form's field. `field`: its position among the fields. */
function controlsOf(form: HTMLFormElement, field: number): Control[] {
  return [...form.querySelectorAll<Control>(`[name="${field}"]`)]
}

/** Returns the values of a form's field. */
function fieldValuesIn(form: HTMLFormElement, field: number): FieldValues {
  const controls = controlsOf(form, field)
  return {
    values: controls.filter((control) => !isUnticked(control)).map(({ value }) => value),
    isBroken: controls.some(({ validity }) => validity.badInput),
  }
}

/** Errors by the position of their field. */
type Problems = Readonly<Record<number, string>>

/** Parses the values of a form that is not sent yet; anything else is nothing. */
function parseDraft(text: string): readonly (readonly string[])[] {
  const found: unknown[] = attempt(
    () => [JSON.parse(text)].flat(),
    () => [],
  )
  return found.map((values) => [values].flat().filter((value) => typeof value === 'string'))
}

/**
 * Validates a form's fields, and passes their values to `onSubmit` once all are valid. Until then
 * they are kept as a draft, over a reload as well.
 * @param name names the form among the chat's drafts
 */
export function useFields(
  name: string,
  given: readonly FieldSpec[],
  onSubmit: (entries: FieldValues[]) => void,
) {
  const { chat, texts } = useWidget()
  const [draft] = useState(() => parseDraft(chat.drafts.read(name)))
  const specs = given.map((spec, at) => ({ ...spec, given: draft[at] ?? spec.given }))
  const ref = useRef<HTMLFormElement>(null)
  const [problems, setProblems] = useState<Problems>({})

  /** Returns the errors of the given fields by position. */
  function check(form: HTMLFormElement, fields: readonly number[]): Problems {
    const found = fields.flatMap((field) => {
      const spec = specs[field]
      const problem = spec && problemOf(spec, fieldValuesIn(form, field), texts)
      return problem ? [[field, problem] as const] : []
    })
    return Object.fromEntries(found)
  }

  /** Shows errors and focuses the first field that has one. */
  function point(wrong: Problems): void {
    setProblems(wrong)
    const first = Object.keys(wrong)
      .map(Number)
      .sort((a, b) => a - b)[0]
    if (first !== undefined && ref.current) controlsOf(ref.current, first)[0]?.focus()
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = event.currentTarget
    const all = specs.map((_, field) => field)
    const wrong = check(form, all)
    point(wrong)
    if (Object.keys(wrong).length > 0) return
    chat.drafts.write(name, '')
    onSubmit(all.map((field) => fieldValuesIn(form, field)))
  }

  /** Keeps what is edited, and checks a field with an error again. */
  function onInput(event: FormEvent<HTMLFormElement>): void {
    const form = event.currentTarget
    const values = specs.map((_, field) => fieldValuesIn(form, field).values)
    chat.drafts.write(name, JSON.stringify(values))
    const wrong = Object.keys(problems).map(Number)
    if (wrong.length > 0) setProblems(check(event.currentTarget, wrong))
  }

  return { specs, problems, point, form: { ref, onSubmit: submit, onInput, noValidate: true } }
}
