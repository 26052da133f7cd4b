/** Reads and sets the position in the list of messages. Distances are pixels. */

const nearEnd = 60
const margin = 16
/** So much of a message must be in sight to be seen. */
const glimpse = 32

const topOf = (node: Element) => node.getBoundingClientRect().top

/**
 * Returns the height from the top of a scroller's content to the end of a node in it, wherever it is
 * scrolled to.
 */
export function heightTo(node: Element, scroller: HTMLElement): number {
  return node.getBoundingClientRect().bottom - topOf(scroller) + scroller.scrollTop
}

const messageSelector = 'li[data-id]'

/** Returns the first row of the list that holds a message. */
export function firstMessage(scroller: HTMLElement): HTMLElement | null {
  return scroller.querySelector<HTMLElement>(messageSelector)
}

/** Returns the last row that holds a message. It is looked for from the end: the list may be long. */
function lastMessage(scroller: HTMLElement): Element | null {
  let row = scroller.querySelector('ol')?.lastElementChild ?? null
  while (row && !row.matches(messageSelector)) row = row.previousElementSibling
  return row
}

/** Tells whether the end is in sight, and if the last message is: its beginning, if it is tall. */
export function placeIn(scroller: HTMLElement): { isAtEnd: boolean; seesLast: boolean } {
  const { scrollHeight, scrollTop, clientHeight } = scroller
  const isAtEnd = scrollHeight - scrollTop - clientHeight < nearEnd
  const last = lastMessage(scroller)
  const bottom = topOf(scroller) + clientHeight
  const isGlimpsed = last !== null && topOf(last) + glimpse < bottom
  // A page may have put the chat out of sight.
  return { isAtEnd, seesLast: clientHeight > 0 && (isAtEnd || isGlimpsed) }
}

/**
 * Scrolls to the end, but not past the beginning of a last message that is higher than the window.
 */
export function scrollToEnd(scroller: HTMLElement): void {
  scroller.scrollTop = scroller.scrollHeight
  const last = lastMessage(scroller)
  const above = last ? topOf(scroller) - topOf(last) : 0
  if (above > 0) scroller.scrollTop -= above + margin
}

/** Scrolls to a row when it is above the visible part. */
export function scrollToRow(scroller: HTMLElement, selector: string): void {
  const row = scroller.querySelector(selector)
  const above = row ? topOf(scroller) - topOf(row) : 0
  if (above > 0) scroller.scrollTop -= above + margin
}
