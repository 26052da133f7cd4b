import { randomUUID } from 'node:crypto'
import { choicesMessage, imageAsset, linkItem, optionItem, titleItem } from './items.js'

const hourMs = 60 * 60 * 1000

const boxes = [
  { title: '20 ft dry', price: 'from 90 EUR', url: 'https://harbor.example/20ft' },
  { title: '40 ft reefer', price: 'from 240 EUR', url: 'https://harbor.example/40ft' },
]

/** Composes choices that stay after the visitor takes one. */
export const buttons = () =>
  choicesMessage({
    formatType: 'Buttons',
    text: 'Shall I book the berth?',
    optionItems: [optionItem('Book it'), optionItem('Not yet')],
  })

/** Composes choices that disappear once the visitor takes one. */
export const quickReplies = () =>
  choicesMessage({
    formatType: 'QuickReplies',
    text: 'Which port?',
    images: [],
    optionItems: [optionItem('Rotterdam'), optionItem('Busan'), optionItem('Valparaíso')],
  })

/** Composes choices with a second line each, behind a title. */
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

/** Offers three slots of an hour (duration in seconds); the first begins in 24 hours. */
export const timePicker = () =>
  choicesMessage({
    formatType: 'TimePicker',
    images: [],
    message: titleItem('When may we call?'),
    reply: titleItem('Your appointment'),
    calendarEvent: {
      itemType: 'CalendarEventOptionsItem',
      identifier: randomUUID(),
      title: 'Call from the harbour office',
      timezoneOffset: 60,
      location: null,
      timeSlotOptionItems: [24, 26, 28].map((hours) => ({
        itemType: 'TimeSlotOptionItem',
        startTime: new Date(Date.now() + hours * hourMs).toISOString(),
        duration: 3_600,
        optionIdentifier: randomUUID(),
      })),
    },
  })

/** Composes cards with a picture, a choice and a link each. */
export const carousel = (filesUrl: string) => {
  const image = imageAsset(filesUrl, 'A container on the quay')
  return choicesMessage({
    formatType: 'Carousel',
    title: null,
    images: [image],
    items: boxes.map(({ title, price, url }) => ({
      titleItem: { ...titleItem(title, price), itemType: 'TitleImageItem', imageId: image.id },
      interactionItems: [optionItem(`Choose ${title}`), linkItem('Details', url)],
    })),
  })
}
