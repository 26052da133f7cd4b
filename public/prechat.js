import { element } from './element.js'

/** The questions asked before a chat, drawn from the form that the gateway sends. */

const inputTypes = { email: 'email', number: 'number', phone: 'tel', checkbox: 'checkbox' }

/** A list to choose one of, or none. */
export function choice(options = []) {
  const select = element('select')
  select.append(new Option('Please choose', ''))
  for (const { value, label, default: chosen } of options)
    select.append(new Option(label ?? value, value, chosen, chosen))
  return select
}

function row({ name, type, label, required, maxLength, options }) {
  const control = type === 'choice' ? choice(options) : element('input')
  if (type !== 'choice') control.type = inputTypes[type] ?? 'text'
  if (type === 'number') control.step = 'any'
  if (maxLength) control.setAttribute('maxlength', maxLength)
  control.name = name
  control.required = required && type !== 'checkbox'
  const title = element('span', '', label ?? name)
  if (!required && type !== 'checkbox') title.append(element('small', '', ' optional'))
  const node = element('label', type)
  node.append(title, control)
  return node
}

/** What was filled in, as `routingAttributes`: texts, and nothing for an empty field. */
function answers(form) {
  const controls = [...form.querySelectorAll('[name]')]
  const given = controls.map((control) => [
    control.name,
    control.type === 'checkbox' ? String(control.checked) : control.value.trim(),
  ])
  return Object.fromEntries(given.filter(([, value]) => value))
}

/** Shows new `fields`, or what was wrong; resolves to the answers, or to undefined on "Cancel". */
export function askPrechat(form, { prechat, errors = [] }) {
  if (prechat) form.querySelector('.fields').replaceChildren(...prechat.fields.map(row))
  form.querySelector('.notice').textContent = errors.map(({ message }) => message).join(' ')
  form.querySelector('[name]')?.focus()
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault()
      resolve(answers(form))
    }
    form.querySelector('.quiet').onclick = () => resolve(undefined)
  })
}
