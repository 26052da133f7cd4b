import { randomUUID } from 'node:crypto'
import { choicesMessage, titleItem } from './items.js'

const hourMs = 60 * 60 * 1000

/** Three slots of an hour (duration in seconds), beginning tomorrow at this time. */
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
