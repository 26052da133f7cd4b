import { words } from './bot-words.js'
import { button, el, need } from './dom.js'

/** Shows the words to try; a click says one. */
export function offerWords(say: (word: string) => void): void {
  const card = need('#words')
  const groups = Object.entries(words).map(([title, group]) => {
    const chips = group.split(' ').map((word) => button(word, () => say(word), 'chip'))
    return el('div', {}, el('dt', {}, title), el('dd', {}, ...chips))
  })
  card.querySelector('dl')?.replaceChildren(...groups)
  card.hidden = false
}
