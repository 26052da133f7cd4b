import { choicesMessage, optionItem } from './items.js'

/** Choices that stay. */
export const buttons = () =>
  choicesMessage({
    formatType: 'Buttons',
    text: 'Shall I book the berth?',
    optionItems: [optionItem('Book it'), optionItem('Not yet')],
  })
