import { words } from './bot-words.js'
import { button, el, requireElement } from './dom.js'

/** Shows the words to try; a click sends one. */
export function offerWords(sendWord: (word: string) => void): void {
  const card = requireElement('#words')
  const groups = Object.entries(words).map(([title, group]) => {
    const chips = group.split(' ').map((word) => button(word, () => sendWord(word), 'chip'))
    return el('div', {}, el('dt', {}, title), el('dd', {}, ...chips))
  })
  card.querySelector('dl')?.replaceChildren(...groups)
  card.hidden = false
}
