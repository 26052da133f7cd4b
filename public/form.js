import { element } from './element.js'
import { choice } from './prechat.js'
import { momentOf } from './words.js'

/** A form within the conversation: drawn, checked and read. */

const longestText = 4000
const inputTypes = {
  number: 'number',
  boolean: 'checkbox',
  date: 'date',
  datetime: 'datetime-local',
}

function textControl({ type, maxLength = longestText, placeholder = '' }) {
  const control = element(type === 'multiline' ? 'textarea' : 'input')
  if (type !== 'multiline') control.type = inputTypes[type] ?? 'text'
  if (type === 'number') control.step = 'any'
  if (type === 'text' || type === 'multiline') Object.assign(control, { maxLength, placeholder })
  return control
}

function selectControl({ options = [] }) {
  return choice(options.map(({ itemId, title }) => ({ value: itemId, label: title })))
}

/** Check boxes; the group is the control. */
function boxesControl({ options = [] }) {
  const group = element('div', 'boxes')
  for (const { itemId, title } of options) {
    const box = Object.assign(element('input'), { type: 'checkbox', value: itemId, title })
    const label = element('label', 'check')
    label.append(box, element('span', '', title))
    group.append(label)
  }
  return group
}

const makers = { select: selectControl, multiselect: boxesControl }

const checked = (group) => [...group.querySelectorAll(':checked')]

const several = (boxes) => ({
  value: boxes.map(({ value }) => value),
  title: boxes.map(({ title }) => title),
})

function moment(local) {
  const value = new Date(local).toISOString()
  return { value, title: momentOf(value) }
}

/** What an input holds, with its words; undefined when it holds nothing. */
const readers = {
  number: ({ value, valueAsNumber }) => value && { value: valueAsNumber },
  boolean: (control) => ({ value: control.checked }),
  datetime: ({ value }) => value && moment(value),
  select: ({ value, selectedOptions }) => value && { value, title: selectedOptions[0].label },
  multiselect: (group) => checked(group).length > 0 && several(checked(group)),
}

const readText = ({ value }) => value.trim() && { value: value.trim() }

const read = ({ type }, control) => (readers[type] ?? readText)(control) || undefined

/** The whole text has to fit, as a `pattern` of HTML; one that cannot be read fits all. */
function fits(pattern, text) {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text)
  } catch {
    return true
  }
}

/** What is wrong with what was filled in; empty when nothing is. */
function problemOf(input, control) {
  const { type, required, pattern } = input
  if (control.validity?.badInput)
    return type === 'number' ? 'Please give a number.' : 'Please give a full date.'
  const held = read(input, control)
  if (!held) return required ? 'Please answer this.' : ''
  if (pattern && !fits(pattern, held.value)) return 'Please check the format.'
  return ''
}

function labelOf({ type, label, required }, id) {
  const node = element(type === 'multiselect' ? 'span' : 'label', 'label', label)
  if (type === 'multiselect') node.id = `${id}-label`
  else node.htmlFor = id
  if (!required && type !== 'boolean') node.append(' ', element('small', '', 'optional'))
  return node
}

/** One input with its label, its hint and the place for a complaint. */
function drawField(input, id) {
  const control = (makers[input.type] ?? textControl)(input)
  const isGroup = input.type === 'multiselect'
  const hint = element('p', 'hint', input.hint)
  const problem = element('p', 'notice')
  Object.assign(hint, { id: `${id}-hint` })
  Object.assign(problem, { id: `${id}-problem` })
  control.id = id
  control.setAttribute('aria-describedby', `${hint.id} ${problem.id}`)
  if (isGroup) control.setAttribute('role', 'group')
  if (isGroup) control.setAttribute('aria-labelledby', `${id}-label`)
  else control.setAttribute('aria-required', String(input.required && input.type !== 'boolean'))
  const node = element('div', `field ${input.type}`)
  node.append(labelOf(input, id), control, hint, problem)

  /** Says what is wrong, if anything; gives what is to be focused then. */
  function check() {
    problem.textContent = problemOf(input, control)
    const isWrong = problem.textContent !== ''
    control.setAttribute('aria-invalid', String(isWrong))
    return isWrong ? (isGroup ? control.querySelector('input') : control) : undefined
  }

  node.addEventListener('input', () => problem.textContent && check())
  return { input, node, check, read: () => read(input, control) }
}

function answerOf({ input: { inputId, type, label }, read }) {
  const held = read()
  return held ? [{ inputId, type, ...(label && { label }), ...held }] : []
}

/** @param submit takes the values, once all of them are as the form wants them */
export function drawForm({ id, form: { title, inputs } }, submit) {
  const node = Object.assign(element('form', 'form'), { noValidate: true })
  const box = element('fieldset', 'choices box')
  box.append(element('legend', '', title || 'A form to fill in'), element('p', 'done', 'Filled in'))
  const fields = []
  for (const [index, input] of inputs.entries()) {
    const isNote = input.type === 'note'
    const field = isNote ? undefined : drawField(input, `form-${id}-${index}`)
    if (field) fields.push(field)
    box.append(field?.node ?? element('p', 'note', input.label))
  }
  box.append(Object.assign(element('button', 'primary', 'Send form'), { type: 'submit' }))
  node.append(box)
  node.addEventListener('submit', (event) => {
    event.preventDefault()
    const wrong = fields.map(({ check }) => check()).filter(Boolean)
    if (wrong.length > 0) wrong[0].focus()
    else submit(fields.flatMap(answerOf))
  })
  return node
}
