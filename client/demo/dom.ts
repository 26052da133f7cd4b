/** The one element that a selector names; the page is written so that it is there. */
export function need<E extends HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector)
  if (!found) throw new TypeError(`The page has no ${selector}`)
  return found
}

/** An element with properties and children; texts stay texts. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** A button that does one thing. */
export function button(text: string, onClick: () => void, className = ''): HTMLButtonElement {
  const made = el('button', { type: 'button', className }, text)
  made.addEventListener('click', onClick)
  return made
}
