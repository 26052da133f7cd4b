import type { Held } from './fields.js'

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const isUnticked = (control: Control) =>
  control.type === 'checkbox' && 'checked' in control && !control.checked

/** The controls of a form's field, by its place among the fields. */
export function controlsOf(form: HTMLFormElement, field: number): Control[] {
  return [...form.querySelectorAll<Control>(`[name="${field}"]`)]
}

/** Returns the values of a form's field. */
export function heldIn(form: HTMLFormElement, field: number): Held {
  const controls = controlsOf(form, field)
  return {
    values: controls.filter((control) => !isUnticked(control)).map(({ value }) => value),
    isBroken: controls.some(({ validity }) => validity.badInput),
  }
}
