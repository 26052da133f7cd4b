import { button, element } from './element.js'
import { answersIn, bodyOf, settle } from './rich.js'
import { lineOf, nameOf } from './words.js'

/** The list of messages: each entry once, in order of time, grouped by sender. */

const groupGapMs = 5 * 60_000
const nearEndPixels = 60
const marginPixels = 16
/** Sorts after every timestamp: a message on its way stands at the end. */
const pending = '~'
const states = { sending: 'Sending…', sent: 'Sent', delivered: 'Delivered' }

function clock(timestamp) {
  const date = new Date(timestamp)
  const today = date.toDateString() === new Date().toDateString()
  const time = element('time', '', date.toLocaleTimeString('en', { timeStyle: 'short' }))
  if (!today) time.prepend(`${date.toLocaleDateString('en', { dateStyle: 'medium' })}, `)
  time.dateTime = timestamp
  return time
}

function meta({ sender, timestamp, reason }) {
  const node = element('p', 'meta')
  node.append(element('span', 'name', nameOf(sender)), ' ', clock(timestamp))
  if (reason === 'AutomatedResponse') node.append(' ', element('span', 'automated', 'automated'))
  return node
}

function render(node, message, answer) {
  const line = lineOf(message)
  const side = message.sender.role === 'EndUser' ? 'own' : 'other'
  node.className = line === undefined ? `message ${side}` : 'line'
  node.dataset.role = message.sender.role
  if (message.result) node.dataset.tone = message.result.ok ? 'good' : 'bad'
  node.hidden = line === ''
  const body = line === undefined ? bodyOf(message, answer) : [element('p', '', line)]
  node.replaceChildren(...(line === undefined ? [meta(message)] : []), ...body)
}

/** The note under an own message; a failed one can be sent again. */
function stateNote(state, reason, retry) {
  const note = element('p', 'state', states[state] ?? `Not sent. ${reason} `)
  note.setAttribute('aria-live', state === 'failed' ? 'assertive' : 'off')
  if (!retry) return note
  note.append(button('retry', 'Try again', retry))
  return note
}

/** Whether a message goes on where the one before it, by the same sender, ended. */
function continues(message, previous) {
  if (!previous || nameOf(previous.sender) !== nameOf(message.sender)) return false
  if (previous.reason !== message.reason) return false
  return Date.parse(message.timestamp) - Date.parse(previous.timestamp) < groupGapMs
}

/**
 * @param scroller the element with `role="log"`, holding an `ol`
 * @param answer takes what a visitor chooses or fills in, to be sent
 */
export function createLog(scroller, answer) {
  const list = scroller.querySelector('ol')
  let entries = []
  let pinned = true
  let locked = false

  const find = (id) => entries.find((entry) => entry.id === id)

  /** To the end, but not past the beginning of a last message that is higher than the window. */
  function toEnd() {
    scroller.scrollTop = scroller.scrollHeight
    const last = entries.findLast(({ node }) => !node.hidden)?.node
    const above = last ? scroller.getBoundingClientRect().top - last.getBoundingClientRect().top : 0
    if (above > 0) scroller.scrollTop -= above + marginPixels
  }

  /** Follows what grows, unless somebody is filling something in. */
  function follow() {
    if (pinned && !list.contains(document.activeElement)) toEnd()
  }

  function onScroll() {
    pinned = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEndPixels
  }

  /** Draws an entry in its place in time; among equals, older pages go before, others after. */
  function put(message, { time = message.timestamp, older, state } = {}) {
    const entry = find(message.id) ?? { id: message.id, node: element('li') }
    const isDrawn = JSON.stringify(entry.message) === JSON.stringify(message)
    Object.assign(entry, { message, time })
    entry.node.dataset.id = entry.id
    if (!isDrawn) render(entry.node, message, answer)
    if (state ?? entry.state) setState(entry, state ?? 'delivered')
    entries = entries.filter((other) => other !== entry)
    const next = entries.findIndex((other) => (older ? other.time >= time : other.time > time))
    entries.splice(next < 0 ? entries.length : next, 0, entry)
    const follower = next < 0 ? null : entries[next + 1].node
    if (entry.node.parentNode !== list || entry.node.nextSibling !== follower)
      list.insertBefore(entry.node, follower)
  }

  function setState(entry, state, reason, retry) {
    entry.state = state
    entry.node.dataset.state = state
    entry.node.querySelector('.state')?.remove()
    entry.node.append(stateNote(state, reason, retry))
  }

  function arrange() {
    const answers = answersIn(entries.map(({ message }) => message))
    for (const { id, node } of entries) settle(node, { answer: answers.get(id), locked })
    const shown = entries.filter(({ node }) => !node.hidden)
    let previous
    for (const { node, message } of shown) {
      const speaks = node.classList.contains('message')
      node.classList.toggle('joined', speaks && continues(message, previous))
      node.classList.toggle('last', node === shown.at(-1).node)
      previous = speaks ? message : undefined
    }
  }

  /** Shows a page of messages; those already shown are brought up to date, never doubled. */
  function show(messages, { older = false } = {}) {
    const fromEnd = scroller.scrollHeight - scroller.scrollTop
    scroller.setAttribute('aria-busy', String(older || entries.length === 0))
    for (const message of older ? messages.toReversed() : messages) put(message, { older })
    arrange()
    scroller.setAttribute('aria-busy', 'false')
    if (older) scroller.scrollTop = scroller.scrollHeight - fromEnd
    else follow()
  }

  /** A system line of the page's own. */
  function note(text) {
    const sender = { role: 'System', displayName: null }
    show([{ id: crypto.randomUUID(), sender, text, timestamp: new Date().toISOString() }])
  }

  /** Shows an own message before the server has it. */
  function add(message) {
    put(message, { time: pending, state: 'sending' })
    arrange()
    toEnd()
  }

  /** What became of an own message. One that a poll has shown has arrived, whatever a send says. */
  function mark(id, state, { timestamp, reason, retry } = {}) {
    const entry = find(id)
    if (!entry || entry.state === 'delivered') return
    if (timestamp) put({ ...entry.message, timestamp }, { state })
    else setState(entry, state, reason, retry)
    arrange()
    follow()
  }

  /** Nothing can be answered any more. */
  function lock() {
    locked = true
    arrange()
  }

  function clear() {
    locked = false
    entries = []
    list.replaceChildren()
  }

  scroller.addEventListener('scroll', onScroll)
  const observer = new ResizeObserver(follow)
  observer.observe(scroller)
  observer.observe(list)
  scroller.tabIndex = 0
  return { show, note, add, mark, lock, clear }
}
