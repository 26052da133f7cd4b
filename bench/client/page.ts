/** Makes the page that the element is measured on, with a gateway that answers within the page. */

/** Is the address of the page and of its gateway. */
export const address = 'https://chat.example/'

/** Is the path of the element's script. */
export const scriptPath = 'miaw-chat.js'

/** Answers every request of the element. A number of messages lies behind the first poll. */
const stubGateway = `
const conversationId = '7c2f4a6e-3b61-4a55-9f0e-1d2c3b4a5f60'
const began = Date.now()
const senders = [
  { role: 'Agent', displayName: 'Dana' },
  { role: 'EndUser', displayName: null },
  { role: 'Chatbot', displayName: 'Harbor Assistant' },
]
const text = 'The container leaves the harbor on Monday; www.harbor.example has the papers. '
const markdown = '**Three** papers are needed:\\n\\n1. the bill\\n2. a *copy* of it\\n3. the form'
/** Returns a text by its number; each tenth has Markdown, and groups have three messages. */
const messageAt = (index, sender = senders[Math.floor(index / 3) % 3]) => {
  const words = index + ': ' + text.repeat(1 + (index % 3))
  return {
    ...{ id: 'message-' + index, conversationId, sender, text: words },
    timestamp: new Date(began + (index - gateway.count) * 60000).toISOString(),
    messageType: 'StaticContentMessage',
    staticContent: {
      ...{ formatType: 'Text', text: words },
      ...(index % 10 === 0 && { markdown }),
    },
  }
}
const conversation = {
  ...{ id: conversationId, status: 'open', handledBy: 'agent', endedBy: null },
  ...{ participants: [senders[0]], estimatedWaitSeconds: null, expiresAt: null },
}
/** Holds sent messages until the next poll. */
let sent = []
let last = 0
function nextMessages(cursor) {
  if (!cursor) last = gateway.count
  if (!cursor) return Array.from({ length: last }, (_, index) => messageAt(index))
  const echoes = sent
  sent = []
  return gateway.isTalking ? [...echoes, messageAt(last++, senders[0])] : echoes
}
const answers = {
  '/api/poll': ({ cursor }) => {
    gateway.polls += 1
    return {
      ...{ messages: nextMessages(cursor), cursor: 'behind-' + last, before: null, hasMore: false },
      ...{ pollAfterMs: gateway.pollAfterMs, waitSeconds: 0, conversation },
    }
  },
  '/api/send': ({ id, text: words }) => {
    const timestamp = new Date().toISOString()
    if (id) {
      const staticContent = { formatType: 'Text', text: words }
      sent.push({ ...messageAt(last++, senders[1]), id, timestamp, text: words, staticContent })
    }
    return { id, conversationId, timestamp, duplicate: false }
  },
}
globalThis.fetch = async (url, { body }) =>
  Response.json(answers[new URL(url).pathname](JSON.parse(body)))
const store = (what, value) =>
  localStorage.setItem('miaw ' + location.origin + ' ' + what, JSON.stringify(value))
if (gateway.count > 0) {
  store('tokens', { token: 't', refreshToken: 'r', renewAt: began + 3600000 })
  store('conversation', { conversationId, attachments: null, readUpTo: '' })
}
`

/** Lets the page draw what it puts off, in milliseconds. */
const settledMs = 500

/** Is the distance of a frame while the list is scrolled, in pixels. */
const scrollStep = 400

/** Measures within the page; long tasks are those of more than 50 ms. */
const instruments = `
const chat = document.querySelector('miaw-chat')
const inChat = (selector) => chat.shadowRoot?.querySelectorAll(selector) ?? []
const longTasks = []
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longTasks.push(duration)
}).observe({ type: 'longtask' })
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const frame = () => new Promise(requestAnimationFrame)
/** Resolves when the frame that begins next is painted. */
const painted = async () => {
  await frame()
  const { port1, port2 } = new MessageChannel()
  await new Promise((resolve) => {
    port1.onmessage = resolve
    port2.postMessage('')
  })
}
globalThis.measure = {
  /** Returns the long tasks since the last call, once the browser has reported them. */
  async longTasks() {
    await pause(100)
    return longTasks.splice(0)
  },
  /** Loads the element; returns the milliseconds until the newest message is painted. */
  async load() {
    const start = performance.now()
    const script = document.createElement('script')
    document.body.append(Object.assign(script, { type: 'module', src: '${scriptPath}' }))
    const shown = gateway.count > 0 ? '.miaw-message' : '.miaw-panel'
    while (inChat(shown).length === 0) await frame()
    await painted()
    const shownMs = performance.now() - start
    await pause(${settledMs})
    return shownMs
  },
  /** Scrolls from the end towards the beginning; returns the milliseconds of each frame. */
  async scroll(frames) {
    const [scroller] = inChat('.miaw-scroller')
    const times = []
    let before = await frame()
    for (let index = 0; index < frames; index += 1) {
      scroller.scrollTop -= ${scrollStep}
      const now = await frame()
      times.push(now - before)
      before = now
    }
    scroller.scrollTop = scroller.scrollHeight
    await painted()
    return times
  },
  /** Waits for the key that sends; the promise in \`sent\` has the milliseconds until its paint. */
  awaitKey() {
    measure.sent = new Promise((resolve) => {
      const onKey = async ({ key, timeStamp }) => {
        if (key !== 'Enter') return
        removeEventListener('keydown', onKey, true)
        await painted()
        resolve(performance.now() - timeStamp)
      }
      addEventListener('keydown', onKey, true)
    })
  },
  /** Resolves when so many polls have been answered. */
  async polls(count) {
    while (gateway.polls < count) await pause(20)
  },
}
`

/** Returns the page with this number of messages in its conversation; with 0, there is none. */
export function pageWith(count: number): string {
  const gateway = { count, polls: 0, pollAfterMs: 1000, isTalking: false }
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title>
<style>miaw-chat { display: block; width: 420px; height: 700px }</style>
<miaw-chat layout="inline"></miaw-chat>
<script>{ globalThis.gateway = ${JSON.stringify(gateway)}
${stubGateway}
${instruments} }</script></html>`
}
