/** A visitor with a phone: prints as JSON what happened. */
import './bare.js'
import 'the-app/polyfills.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { renderToStaticMarkup } from 'react-dom/server'
import { attach } from 'the-app/attach.js'
import { chat } from 'the-app/chat.js'
import { ChatScreen } from 'the-app/chat-screen.jsx'
import { kept } from './async-storage.js'
import { network } from './net-info.js'
import { changeAppState } from './react-native.jsx'

async function until(isSo) {
  for (let turn = 0; !isSo(chat.getSnapshot()); turn += 1) {
    if (turn > 4000) throw new Error(`In vain: ${isSo}\n${JSON.stringify(chat.getSnapshot())}`)
    await sleep(25)
  }
}

const isSaid = (words) => (snapshot) => snapshot.messages.some(({ text }) => text === words)
const isDelivered = (id) => (snapshot) =>
  snapshot.messages.some((message) => message.id === id && message.delivery === 'delivered')

/** Somebody else says this. */
async function tellConversation(text) {
  const { conversationId } = chat.getSnapshot()
  const url = `${process.env.EXPO_PUBLIC_GATEWAY}/__sandbox/conversations/${conversationId}/entries`
  await fetch(url, { method: 'POST', body: JSON.stringify({ entries: [{ text }] }) })
}

const connections = []
chat.on('change', ({ connection }) => {
  if (connections.at(-1) !== connection) connections.push(connection)
})

chat.start()
chat.send('Hello from a phone')
await until(isSaid('You said “Hello from a phone”. Is there more I can do?'))

network.change(false)
await until(({ connection }) => connection === 'offline')
const id = chat.send('quick')
network.change(true)
await until(isDelivered(id))
await until(({ messages }) => messages.at(-1).messageType === 'QuickReplyMessage')
const screen = renderToStaticMarkup(<ChatScreen />)

const file = attach({ uri: process.env.FILE, name: 'note.txt', mimeType: 'text/plain' })
await until(isDelivered(file))

changeAppState('background')
await sleep(2500)
await tellConversation('One more')
await sleep(1500)
const isReadInBackground = isSaid('One more')(chat.getSnapshot())
changeAppState('active')
await until(isSaid('One more'))

chat.close()
await chat.resume()
await until(({ connection }) => connection === 'online')
const texts = chat.getSnapshot().messages.map(({ text }) => text)
chat.close()
console.log(
  JSON.stringify({ connections, texts, screen, isReadInBackground, kept: [...kept.keys()] }),
)
