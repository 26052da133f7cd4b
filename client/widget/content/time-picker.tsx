import { useEffect, useRef, useState } from 'react'
import type { ChatMessage, TimePickerMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { momentOf, spanOf, zoneOf } from '../time.js'
import { Box } from './box.js'
import { OptionButton } from './option-button.js'
import { byDay, foreignOffset, type Slot } from './times.js'
import { type Choice, useChoice } from './use-answer.js'

/** More are shown when asked for. */
const daysAtFirst = 3

function Day({ day, slots, choice }: { day: string; slots: Slot[]; choice: Choice }) {
  const { language } = useWidget()
  return (
    <li className="miaw-day">
      <p className="miaw-day-name">{day}</p>
      <div className="miaw-slots">
        {slots.map(({ itemId, ...slot }) => {
          const span = spanOf(slot, language)
          const option = { itemId, title: momentOf(slot.startTime, language) }
          const common = { choice, option, className: 'miaw-chip', label: `${day}, ${span}` }
          return (
            <OptionButton key={itemId} {...common}>
              <span dir="auto">{span}</span>
            </OptionButton>
          )
        })}
      </div>
    </li>
  )
}

function Zone({ offset }: { offset: string | undefined }) {
  const { texts, language } = useWidget()
  return (
    <p className="miaw-hint">
      {formatText(texts.yourTimeZone, { zone: zoneOf(language) })}
      {offset && (
        <>
          <br />
          {formatText(texts.otherTimeZone, { offset })}
        </>
      )}
    </p>
  )
}

/** Shows appointments by day, in the visitor's own time. */
export function TimePicker({ message }: { message: ChatMessage & TimePickerMessage }) {
  const { texts, language } = useWidget()
  const choice = useChoice(message)
  const [most, setMost] = useState(daysAtFirst)
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    // The button that had the focus is gone: the first of what it brought has it.
    if (most > daysAtFirst) list.current?.children[daysAtFirst]?.querySelector('button')?.focus()
  }, [most])
  const { title, timezoneOffset, slots } = message.timePicker
  const days = [...byDay(slots, language)]
  const isChosen = ([, slotsOfDay]: [string, Slot[]]) =>
    slotsOfDay.some(({ itemId }) => choice.chosen.includes(itemId))
  const shown = days.filter((day, index) => index < most || isChosen(day))
  const rest = choice.isOpen && days.length > shown.length
  return (
    <Box title={title || texts.pickTime}>
      <ul className="miaw-days" ref={list}>
        {shown.map(([day, slotsOfDay]) => (
          <Day key={day} day={day} slots={slotsOfDay} choice={choice} />
        ))}
      </ul>
      {rest && (
        <button type="button" className="miaw-button" onClick={() => setMost(days.length)}>
          {texts.moreTimes}
        </button>
      )}
      <Zone offset={foreignOffset(timezoneOffset, slots)} />
    </Box>
  )
}
