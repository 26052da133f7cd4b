import { choicesMessage, optionItem, titleItem } from './items.js'

/** Choices with a second line, behind a title. */
export const listPicker = () =>
  choicesMessage({
    formatType: 'ListPicker',
    title: 'Pick a berth',
    images: [],
    message: titleItem('Three berths are free today'),
    reply: titleItem('Your berth'),
    optionItems: [
      optionItem('Berth 4', 'free at 14:00'),
      optionItem('Berth 7', 'free at 15:30'),
      optionItem('Berth 12', 'free all night'),
    ],
  })
