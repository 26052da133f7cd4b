/** A chat on a machine that everybody uses: it reads lines, prints messages, and forgets who was there. */
import { createInterface } from 'node:readline'
import { createChat } from 'miaw-gateway/client'
import { choicesOf, linesOf } from './choices.js'
import { createIdleTimer } from './idle.js'
import { createMemory } from './memory.js'

const { GATEWAY = 'http://127.0.0.1:3000', IDLE_SECONDS = '60' } = process.env
const chat = createChat({ baseUrl: GATEWAY, storage: createMemory() })
const idle = createIdleTimer(Number(IDLE_SECONDS) * 1000, sayGoodbye)
const shown = new Set()
/** Until then, the visitor before is being forgotten. */
let ready = Promise.resolve()

const isFromOthers = ({ sender }) => sender.role !== 'EndUser'

/** Prints what others said, each once; after a conversation that is over, the next visitor comes. */
function show({ connection, messages }) {
  for (const message of messages.filter(isFromOthers)) {
    if (shown.has(message.id)) continue
    shown.add(message.id)
    console.log(linesOf(message).join('\n'))
    idle.touch()
  }
  if (connection === 'ended' || connection === 'lost') sayGoodbye()
}

/** A number chooses from what was said last; everything else is said. */
function answer(line) {
  const last = chat.getSnapshot().messages.findLast(isFromOthers)
  const choice = last && choicesOf(last)[Number(line) - 1]
  if (choice) chat.reply(last.id, { selections: [{ itemId: choice.itemId, title: choice.title }] })
  else chat.send(line)
}

function sayGoodbye() {
  ready = forget()
}

/** Ends the visit and what was open of it: whoever comes now is somebody else. */
async function forget() {
  idle.stop()
  await chat.signOut().catch(({ code }) => console.error(`The gateway could not be told: ${code}`))
  shown.clear()
  console.log('Welcome! Say something.')
}

chat.on('change', show)
chat.on('delivery', ({ delivery, text, problem }) => {
  if (delivery === 'failed') console.log(`Not sent: ${text} (${problem.title ?? problem.code})`)
})

console.log('Welcome! Say something.')
for await (const line of createInterface({ input: process.stdin })) {
  await ready
  idle.touch()
  if (line.trim() === '/bye') sayGoodbye()
  else if (line.trim()) answer(line.trim())
}
sayGoodbye()
await ready
