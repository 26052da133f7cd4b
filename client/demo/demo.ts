/** The demo page: the element as any page has it, and beside it what happens underneath. */
import { createChat, type MiawChat, tabs } from '../element/index.js'
import { need } from './dom.js'
import { offerSettings } from './dress.js'
import { openLive } from './live.js'
import { hasSandbox, offerControls } from './sandbox.js'
import { watchedFetch } from './watch.js'
import { offerWords } from './words.js'

const element = need<MiawChat>('miaw-chat')
const behind = need<HTMLDetailsElement>('.behind')
const wide = matchMedia('(min-width: 60rem)')

const live = openLive()
const chat = createChat({ baseUrl: '', tabs, fetch: watchedFetch(live) })

/** Folded on a phone, where the chat comes first. */
function unfold(): void {
  behind.open = wide.matches
}

/** Says a word where it can be seen. */
function say(word: string): void {
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
  offerWords(say)
  offerControls(chat)
}
