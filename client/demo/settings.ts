/** Applies the visitor's settings to the chat: place, theme, language and direction. */
import type { MiawChat } from '../element/index.js'

/** Applies each setting to the page and the element. */
const settings: Readonly<Record<string, (value: string, chat: MiawChat) => void>> = {
  layout(value, chat) {
    document.body.dataset.layout = value
    chat.setAttribute('layout', value)
    if (value === 'launcher') chat.open()
  },
  theme(value, chat) {
    document.documentElement.dataset.theme = value
    chat.setAttribute('theme', value)
  },
  language(value, chat) {
    chat.setAttribute('language', value)
  },
  direction(value) {
    document.documentElement.dir = value
  },
}

/** Connects the buttons of the settings. */
export function offerSettings(chat: MiawChat): void {
  for (const group of document.querySelectorAll<HTMLElement>('[data-setting]')) {
    const apply = settings[group.dataset.setting ?? '']
    const buttons = [...group.querySelectorAll('button')]
    for (const chosen of buttons) {
      chosen.addEventListener('click', () => {
        for (const each of buttons) each.ariaPressed = String(each === chosen)
        apply?.(chosen.value, chat)
      })
    }
  }
}
