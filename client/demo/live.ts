/** Shows the chat's last requests and its state. */
import type { Connection, Snapshot } from '../core/index.js'
import { el, requireElement } from './dom.js'
import type { Call, Pace } from './watched-fetch.js'

const shownCalls = 12

const tones: Partial<Record<Connection, string>> = {
  online: 'good',
  connecting: 'busy',
  retrying: 'busy',
  offline: 'bad',
  lost: 'bad',
  refused: 'bad',
}

/** Lists the connections in which the chat sends no request by itself. */
const stopped: readonly Connection[] = ['ended', 'lost', 'refused']

const seconds = (ms: number) =>
  `${(ms / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} s`

/** Returns the pace for people: `every 2.5 s`, `at once`, `stopped`, or `–` before the first poll. */
export function paceText(pollAfterMs: number | null | undefined): string {
  if (pollAfterMs === undefined) return '–'
  if (pollAfterMs === 0) return 'at once'
  return pollAfterMs === null ? 'stopped' : `every ${seconds(pollAfterMs)}`
}

function barOf({ ms, salesforceMs, redisMs }: Call): HTMLElement {
  const parts = { salesforce: salesforceMs, redis: redisMs, rest: ms - salesforceMs - redisMs }
  const bar = el('div', { className: 'bar' })
  for (const [name, part] of Object.entries(parts)) {
    const piece = el('span')
    piece.dataset.part = name
    piece.style.flexGrow = String(Math.max(0, part))
    bar.append(piece)
  }
  bar.style.inlineSize = `${Math.min(100, 12 + 30 * Math.log10(1 + ms / 10))}%`
  return bar
}

function rowOf(call: Call): HTMLTableRowElement {
  const { method, path, status, ms } = call
  const code = el('span', { className: 'status' }, status ? String(status) : 'none')
  code.dataset.tone = status >= 200 && status < 400 ? 'good' : 'bad'
  const request = el(
    'th',
    { scope: 'row' },
    el('span', { className: 'method' }, method),
    el('span', { className: 'path' }, path),
  )
  const time = el('td', { className: 'time' }, `${Math.round(ms)} ms`)
  return el(
    'tr',
    {},
    request,
    el('td', {}, code),
    time,
    el('td', { className: 'wide' }, barOf(call)),
  )
}

/** Opens the view, and keeps the cursor's age up to date. */
export function openLive() {
  const rows = requireElement('#calls')
  const [connection, pace, age, unread] = ['connection', 'pace', 'age', 'unread'].map((id) =>
    requireElement(`#${id}`),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement]
  let readAt: number | undefined

  function showAge(): void {
    age.textContent =
      readAt === undefined ? '–' : seconds(Math.round((Date.now() - readAt) / 1000) * 1000)
  }

  function show(snapshot: Snapshot): void {
    connection.textContent = snapshot.connection
    connection.dataset.tone = tones[snapshot.connection] ?? 'idle'
    unread.textContent = String(snapshot.unread)
    if (!snapshot.conversationId) readAt = undefined
    if (readAt === undefined) pace.textContent = paceText(undefined)
    if (stopped.includes(snapshot.connection)) pace.textContent = paceText(null)
    showAge()
  }

  setInterval(showAge, 1000)
  return {
    show,
    onCall(call: Call): void {
      rows.querySelector('.none')?.remove()
      rows.prepend(rowOf(call))
      while (rows.children.length > shownCalls) rows.lastElementChild?.remove()
    },
    onPace({ pollAfterMs }: Pace): void {
      readAt = Date.now()
      pace.textContent = paceText(pollAfterMs)
      showAge()
    },
  }
}
