/** Returns the one element that a selector names. Throws a `TypeError` when the page has none. */
export function requireElement<E extends HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector)
  if (!found) throw new TypeError(`The page has no ${selector}`)
  return found
}

/** Creates an element with properties and children. Strings become text, never HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** Creates a button with one action. */
export function button(text: string, onClick: () => void, className = ''): HTMLButtonElement {
  const made = el('button', { type: 'button', className }, text)
  made.addEventListener('click', onClick)
  return made
}
