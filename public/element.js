/** Elements of the page. Text is only ever set as text, and an address only when it is safe. */

const openable = new Set(['http:', 'https:', 'mailto:', 'tel:'])

const parse = (url) => (URL.canParse(url ?? '') ? new URL(url) : undefined)

/** An element with a class and a text. */
export function element(tag, className = '', text = '') {
  return Object.assign(document.createElement(tag), { className, textContent: text })
}

/** A button that does something, but sends no form. */
export function button(className, text, act) {
  const node = Object.assign(element('button', className, text), { type: 'button' })
  node.addEventListener('click', act)
  return node
}

/** A link that opens in a tab of its own; an address of any other scheme is no link. */
export function link(className, url, text = '') {
  if (!openable.has(parse(url)?.protocol)) return element('span', className, text)
  const safely = { href: url, target: '_blank', rel: 'noopener noreferrer' }
  return Object.assign(element('a', className, text), safely)
}

/** Where a link leads, for people: the host of a page, the rest of anything else. */
export const placeOf = (url) => parse(url)?.host || (parse(url)?.pathname ?? '')

/** A picture beside words that say the same; nothing where the page's policy would refuse it. */
export function picture(url) {
  const { protocol, origin } = parse(url) ?? {}
  if (protocol !== 'https:' && origin !== location.origin) return ''
  const node = Object.assign(element('img'), { alt: '', decoding: 'async', src: url })
  node.addEventListener('error', () => node.remove())
  return node
}
