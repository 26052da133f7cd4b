/** Checks that the widget's words and links do without what a browser lacks or refuses. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { safeLink, safePicture } from '../../client/widget/content/urls.js'
import { sizeOf } from '../../client/widget/shell/file-rules.js'
import { hasKeyboard } from '../../client/widget/shell/page.js'
import { formatCount } from '../../client/widget/texts/format.js'
import * as time from '../../client/widget/time.js'

const refuse = (): never => {
  throw new DOMException('Denied', 'SecurityError')
}

let tests = 0
/** Is a language that no earlier test has had formats for. */
let language = ''

beforeEach(() => {
  language = `eo-x-${++tests}`
  vi.useFakeTimers({ now: new Date(2026, 10, 24, 9, 0, 0), toFake: ['Date'] })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const soon = () => new Date(2026, 10, 25, 8, 30, 0).toISOString()

const words = () => ({
  time: time.timeOf(soon(), language),
  clock: time.clockOf(soon(), language),
  day: time.dayOf(soon(), language),
  today: time.dayOf(new Date().toISOString(), language),
  opening: time.openingOf(soon(), language),
  moment: time.momentOf(soon(), language),
  span: time.spanOf({ startTime: soon(), durationSeconds: 3600 }, language),
  minutes: time.minutesOf(125, language),
  size: sizeOf(4_200_000, language),
  count: formatCount({ one: '{count} message', other: '{count} messages' }, 2, language),
})

const parts = [
  ...['DateTimeFormat', 'RelativeTimeFormat', 'NumberFormat', 'PluralRules'],
  'getCanonicalLocales',
]

describe.each<[string, unknown]>([
  ['is missing', undefined],
  ['refuses', refuse],
])('a part of Intl that %s', (_, substitute) => {
  it.each(parts)('leaves words for everything: %s', (part) => {
    const members = Object.getOwnPropertyNames(Intl).map((name) => [name, Reflect.get(Intl, name)])
    vi.stubGlobal('Intl', { ...Object.fromEntries(members), [part]: substitute })
    for (const [name, text] of Object.entries(words())) expect(text, name).toMatch(/\d|\w/)
  })
})

it('a browser without Intl has words for everything, with their numbers', () => {
  vi.stubGlobal('Intl', undefined)
  const { minutes, size, count, time } = words()
  expect(minutes).toBe('2 min')
  expect(size).toBe('4.2 megabyte')
  expect(count).toBe('2 messages')
  expect(time).toContain('8:30')
  for (const [name, text] of Object.entries(words())) expect(text, name).toMatch(/\d/)
})

it('links are the same without URL.canParse', () => {
  const { URL } = globalThis
  vi.stubGlobal(
    'URL',
    new Proxy(URL, { get: (url, name) => name !== 'canParse' && Reflect.get(url, name) }),
  )
  expect(safeLink('https://harbor.example/a')).toBe('https://harbor.example/a')
  expect(safeLink('javascript:alert(1)')).toBeUndefined()
  expect(safeLink('no address')).toBeUndefined()
  expect(safePicture('https://harbor.example/a.png')).toBe('https://harbor.example/a.png')
  expect(safePicture(undefined)).toBeUndefined()
})

it.each([undefined, refuse])(
  'without matchMedia no keyboard is taken for granted',
  (substitute) => {
    vi.stubGlobal('matchMedia', substitute)
    expect(hasKeyboard()).toBe(false)
  },
)
