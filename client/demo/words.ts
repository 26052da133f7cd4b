/** Words to try where the Salesforce is the local sandbox, whose bot has an answer to each. */
import { button, el, need } from './dom.js'

/** What they show, and the words. */
export const words: Readonly<Record<string, string>> = {
  'Choices to tap': 'quick buttons list carousel time',
  'A form to fill in': 'form',
  'Links and files': 'link links media file web',
  Texts: 'help cite entities auto unknown',
  'Fast and slow': 'burst slow',
  People: 'agent transfer busy staff',
  Endings: 'bye end',
}

/** Shows the words; a click says one. */
export function offerWords(say: (word: string) => void): void {
  const card = need('#words')
  const groups = Object.entries(words).map(([title, group]) => {
    const chips = group.split(' ').map((word) => button(word, () => say(word), 'chip'))
    return el('div', {}, el('dt', {}, title), el('dd', {}, ...chips))
  })
  card.querySelector('dl')?.replaceChildren(...groups)
  card.hidden = false
}
