/** Tests that everything in a message stays text. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { propertyRuns } from '../support/property-runs.js'
import { everyMessage } from './fixtures/states.js'
import { markupOf, tagsIn } from './markup.js'

const attacks = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</p></li></ol><iframe srcdoc="<script>alert(1)</script>">',
  '<svg/onload=alert(1)>',
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:image/svg+xml/../text/html,<b>',
  'vbscript:x',
  'https://harbor.example/"onclick="alert(1)',
  'https://a.example/<b>',
  'www.a.example/"><b> javascript://x@y.example +49 40 1234567',
  'mailto:a@b.example?body=<script>',
  'file:///etc/passwd',
  'blob:https://a.example/1',
  '//a.example/x',
]

const foreign = fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: 'binary' }))

/** Lists the fields that define a message's type, and must stay as they are. */
const fixed = new Set([
  'messageType',
  'delivery',
  'role',
  'operation',
  'style',
  'type',
  'formatType',
])

/** Copies a value and replaces every other text by the next one of `next`. */
function replaced<T>(value: T, next: () => string): T
function replaced(value: unknown, next: () => string): unknown {
  if (typeof value === 'string') return next()
  if (Array.isArray(value)) return value.map((one) => replaced(one, next))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, held]) => [key, fixed.has(key) ? held : replaced(held, next)]),
  )
}

const elements = new Set(
  'a blockquote br button code dd div dl dt em fieldset form hr img input label li ol option p path pre select small span strong svg table tbody td textarea th thead tr ul'.split(
    ' ',
  ),
)
const attributes =
  /^(?:alt|aria-[a-z]+|autocomplete|checked|class|d|data-(?:kind|side|style|type)|decoding|dir|disabled|focusable|for|hidden|href|id|loading|max|maxlength|name|novalidate|placeholder|rel|role|rows|scope|selected|src|start|step|tabindex|target|type|value|viewbox)$/i

function expectSafe(markup: string): void {
  for (const { name, attributes: held } of tagsIn(markup)) {
    expect(elements, name).toContain(name)
    for (const attribute of Object.keys(held)) expect(attribute).toMatch(attributes)
    const { href, src, target, rel } = held
    if (href !== undefined) {
      expect(new URL(href).protocol).toMatch(/^(?:https?|mailto|tel):$/)
      expect([target, rel]).toEqual(['_blank', 'noopener noreferrer'])
    }
    if (src !== undefined) expect(src.trim()).toMatch(/^(?:https:|data:image\/[\w.+-]+[;,])/i)
  }
}

it.each(everyMessage)('whatever stands in $messageType $id, no markup comes of it', (pure) => {
  fc.assert(
    fc.property(fc.array(foreign, { minLength: 60, maxLength: 60 }), (strings) => {
      let at = 0
      const hostile: ChatMessage = replaced(pure, () => strings[at++ % strings.length] ?? '')
      expectSafe(markupOf(hostile))
    }),
    { numRuns: propertyRuns(60) },
  )
})

it('sees markup where there is some', () => {
  expect(() => expectSafe('<p><script>x</script></p>')).toThrow()
  expect(() => expectSafe('<img src="https://a.example" onerror="x">')).toThrow()
  expect(() =>
    expectSafe('<a href="javascript:x" target="_blank" rel="noopener noreferrer">'),
  ).toThrow()
})
