import * as api from './api.js'
import { createLog } from './log.js'
import { createPoller } from './poller.js'
import { askPrechat } from './prechat.js'
import { offerWords } from './sandbox.js'
import { reasonOf, statusOf, troubleOf } from './words.js'

/** The demo page: what the visitor does, and what the conversation does to the page. */

const longestMessage = 4000
const counterFrom = 200

const at = (id) => document.getElementById(id)
const card = at('card')
const input = at('input')
const log = createLog(at('log'), answer)

let poller
let before
let starting = false
let outbox = Promise.resolve()

/** Shows the parts of one view (welcome, prechat, chat, closing, over) and keeps the focus alive. */
function show(view) {
  if (card.dataset.view === view) return
  const focused = document.activeElement
  card.dataset.view = view
  for (const part of card.querySelectorAll('[data-views]'))
    part.hidden = !part.dataset.views.split(' ').includes(view)
  if (!card.contains(focused) || !focused.closest('[hidden]')) return
  card.querySelector(`[data-views~="${view}"] [data-focus]`)?.focus()
}

function setStatus(tone, text) {
  at('status').dataset.tone = tone
  if (at('status').textContent !== text) at('status').textContent = text
}

/** Makes a call; when the deployment wants answers first, asks for them and makes it again. */
async function withPrechat(act) {
  let answers
  for (;;) {
    try {
      return await act(answers && { routingAttributes: answers })
    } catch (problem) {
      if (!problem.prechat && !(answers && problem.code === 'invalid_request')) throw problem
      show('prechat')
      setStatus('idle', 'A few questions first')
      answers = await askPrechat(at('prechat'), problem)
      if (!answers) throw new api.Problem({ code: 'cancelled', title: 'Cancelled.' })
    }
  }
}

async function begin(note) {
  if (starting) return
  starting = true
  poller?.stop()
  at('notice').textContent = ''
  setStatus('waiting', 'Connecting…')
  try {
    await withPrechat((answers) => api.start({ ...answers }))
    log.clear()
    if (note) log.note(note)
    open()
  } catch (problem) {
    if (isStranger(problem)) api.forget()
    show('welcome')
    setStatus('idle', 'We are here to help')
    at('notice').textContent = reasonOf(problem)
  }
  starting = false
}

/** Reads the conversation that the session names, from its newest page on. */
function open() {
  const conversationId = api.conversationId()
  show('chat')
  poller = createPoller({
    read: (cursor, signal) => api.poll({ conversationId, cursor }, signal),
    onPage,
    onTrouble: (problem) => setStatus('trouble', troubleOf(problem)),
    onStop: giveUp,
  })
}

function onPage(page, { newest }) {
  log.show(page.messages)
  if (newest) setBefore(page.before)
  setStatus(...statusOf(page.conversation))
  if (page.conversation.status === 'ended') close('This chat has ended.')
}

function setBefore(value) {
  before = value
  at('earlier').hidden = !value
}

async function showEarlier() {
  try {
    const page = await api.poll({ conversationId: api.conversationId(), before })
    log.show(page.messages, { older: true })
    setBefore(page.before)
    at('log').focus()
  } catch (problem) {
    setStatus('trouble', reasonOf(problem))
  }
}

function close(outcome) {
  if (card.dataset.view === 'over') return
  at('outcome').textContent = outcome
  log.lock()
  show('over')
}

const isStranger = ({ code }) => code === 'refresh_rejected' || code === 'unauthenticated'

/** The conversation cannot go on: a stranger starts anew, anyone else is told why. */
function giveUp(problem, conversationId = api.conversationId()) {
  if (conversationId !== api.conversationId()) return
  poller.stop()
  if (isStranger(problem)) {
    api.forget()
    return begin('Your earlier chat has run out, so this is a new one.')
  }
  setStatus('over', 'Chat closed')
  close(reasonOf(problem))
}

const isOver = ({ code, status }) => status === 410 || code === 'conversation_not_found'

/** Queues a message behind those before it. Repeated with the same id, it is delivered once. */
function deliver(message, content) {
  const body = { conversationId: api.conversationId(), id: message.id, ...content }
  log.add(message)
  outbox = outbox.then(async () => {
    try {
      const { timestamp } = await withPrechat((answers) => api.send({ ...body, ...answers }))
      log.mark(message.id, 'sent', { timestamp })
      poller.soon()
    } catch (problem) {
      const reason = reasonOf(problem)
      log.mark(message.id, 'failed', { reason, retry: () => deliver(message, content) })
      if (isStranger(problem) || isOver(problem)) giveUp(problem, body.conversationId)
    }
    if (card.dataset.view === 'prechat') show('chat')
  })
}

/** Says a text, or what a visitor chose or filled in, and shows it at once. */
function utter(content) {
  const sender = { role: 'EndUser', displayName: null }
  const timestamp = new Date().toISOString()
  deliver({ ...content, id: crypto.randomUUID(), sender, timestamp }, content)
}

function say(event) {
  event.preventDefault()
  const text = input.value.trim()
  const length = [...text].length
  if (length === 0 || length > longestMessage) return
  utter({ text })
  input.value = ''
  measure()
  input.focus()
}

/** What was answered is closed: the focus goes on, but calls no keyboard up on a phone. */
function answer(content) {
  utter(content)
  const next = matchMedia('(hover: hover)').matches ? input : at('log')
  next.focus({ preventScroll: true })
}

function measure() {
  const length = [...input.value.trim()].length
  const left = longestMessage - length
  at('composer').querySelector('.send').disabled = length === 0 || left < 0
  const counter = left < 0 ? `${-left} characters too many` : `${left} characters left`
  at('counter').textContent = left < counterFrom ? counter : ''
  input.style.height = 'auto'
  input.style.height = `${input.scrollHeight}px`
}

async function end() {
  try {
    await api.end({ conversationId: api.conversationId() })
    setStatus('over', 'Chat ended')
    close('You ended this chat.')
    poller.soon()
  } catch (problem) {
    if (isStranger(problem) || isOver(problem)) giveUp(problem)
    else setStatus('trouble', `The chat was not ended. ${reasonOf(problem)}`)
  }
}

function onKey(event) {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  at('composer').requestSubmit()
}

at('start').addEventListener('click', () => begin())
at('again').addEventListener('click', () => begin())
at('earlier').addEventListener('click', showEarlier)
at('composer').addEventListener('submit', say)
input.addEventListener('input', measure)
input.addEventListener('keydown', onKey)
at('end').addEventListener('click', () => show('closing'))
at('keep').addEventListener('click', () => show('chat'))
at('really').addEventListener('click', end)
at('confirm').addEventListener('keydown', ({ key }) => key === 'Escape' && show('chat'))
addEventListener('offline', () => setStatus('trouble', 'You are offline, trying again'))
offerWords(at('words'), (text) => utter({ text }))

if (api.conversationId()) {
  setStatus('waiting', 'Connecting…')
  open()
}
