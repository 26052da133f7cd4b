/** Runs the demo page: the element as any page has it, and beside it a view of its requests. */
import { createChat, type MiawChat, tabs } from '../element/index.js'
import { requireElement } from './dom.js'
import { openLive } from './live.js'
import { hasSandbox, offerControls } from './sandbox.js'
import { offerSettings } from './settings.js'
import { watchedFetch } from './watched-fetch.js'
import { offerWords } from './words.js'

const element = requireElement<MiawChat>('miaw-chat')
const details = requireElement<HTMLDetailsElement>('.behind')
const wide = matchMedia('(min-width: 60rem)')

const live = openLive()
const chat = createChat({ baseUrl: '', tabs, fetch: watchedFetch(live) })

/** Opens the details on wide screens; on a phone they are folded, so that the chat is first. */
function unfold(): void {
  details.open = wide.matches
}

/** Sends a word, and brings the chat into view. */
function sendWord(word: string): void {
  chat.send(word)
  element.open()
  if (!wide.matches) scrollTo({ top: 0 })
}

chat.subscribe(() => live.show(chat.getSnapshot()))
live.show(chat.getSnapshot())
element.chat = chat
void chat.resume()
offerSettings(element)
wide.addEventListener('change', unfold)
unfold()

if (await hasSandbox()) {
  offerWords(sendWord)
  offerControls(chat)
}
