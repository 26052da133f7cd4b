/** Builds elements. Text always stays text: nothing here parses markup. */

/** Builds an element with attributes and children; a child that is null is left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return element
}

/** Builds a line in which `words between backticks` are code. */
export function prose(text) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? el('code', {}, part) : part))
}

/** Builds paragraphs; blank lines separate them. */
export function paragraphs(text = '') {
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((part) => el('p', {}, prose(part)))
}

/** Builds a table, which scrolls by itself on a narrow screen. */
export function table(heads, rows, name = 'table') {
  const head = el(
    'tr',
    {},
    heads.map((text) => el('th', { scope: 'col' }, text)),
  )
  const body = rows.map((cells) =>
    el(
      'tr',
      {},
      cells.map((cell) => el('td', {}, cell)),
    ),
  )
  const element = el('table', {}, el('thead', {}, head), el('tbody', {}, body))
  return el('div', { class: `scroll ${name}`, tabindex: '0', role: 'group' }, element)
}

/** Builds a block of code as it is typed. */
export function block(text) {
  return el('pre', { tabindex: '0' }, el('code', {}, text))
}
