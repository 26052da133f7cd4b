import { choicesMessage, optionItem } from './items.js'

/** Choices that vanish once one is taken. */
export const quickReplies = () =>
  choicesMessage({
    formatType: 'QuickReplies',
    text: 'Which port?',
    images: [],
    optionItems: [optionItem('Rotterdam'), optionItem('Busan'), optionItem('Valparaíso')],
  })
