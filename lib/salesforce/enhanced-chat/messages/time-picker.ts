/** Reads ChoicesMessage / TimePicker: moments to choose from (`enhanced-chat-api.md §3.5`). */
import * as z from 'zod'
import { isoTime, readableTime, timestamp } from '../../../contract/common.js'
import type { MessageBody } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeInteger, maybeText, opaqueId, readableItems } from '../../lenient.js'
import { joinLines, toBullet } from '../../text.js'
import { titleItem } from './items.js'

const moment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/i

/**
 * Reads a moment as the contract writes it, in UTC when it names no zone; null for any other text.
 */
function toTimestamp(written: string): string | null {
  const [, local, zone = 'Z'] = moment.exec(written) ?? []
  const at = Date.parse(`${local}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(at) ? null : (timestamp.safeParse(isoTime(at)).data ?? null)
}

const slot = z.object({
  startTime: z.string().transform(toTimestamp).pipe(timestamp),
  duration: z.int(),
  optionIdentifier: opaqueId,
})

const timesContent = z.object({
  message: maybe(titleItem),
  calendarEvent: z.object({
    title: maybeText,
    timezoneOffset: maybeInteger,
    timeSlotOptionItems: readableItems(slot),
  }),
})

/** Reads the slots; `duration` is taken for seconds. */
export function readTimePicker(content: unknown, clean: Cleaning): MessageBody | null {
  const read = timesContent.safeParse(content)
  if (!read.success) return null
  const { calendarEvent, message } = read.data
  const title = clean.title(calendarEvent.title || message?.title || '')
  const slots = calendarEvent.timeSlotOptionItems.map(
    ({ optionIdentifier: itemId, startTime, duration: durationSeconds }) => ({
      itemId,
      startTime,
      durationSeconds,
    }),
  )
  if (slots.length === 0) return null
  const timezoneOffset = calendarEvent.timezoneOffset ?? null
  return {
    messageType: 'TimePickerMessage',
    text: joinLines(title, ...slots.map(({ startTime }) => toBullet(readableTime(startTime)))),
    timePicker: { title, ...(timezoneOffset !== null && { timezoneOffset }), slots },
  }
}
