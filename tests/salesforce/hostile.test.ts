import fc from 'fast-check'
import { expect, it } from 'vitest'
import { message as messageSchema } from '../../lib/contract/messages.js'
import { toEntry } from '../../lib/salesforce/enhanced-chat/entries.js'
import { safeLink, safeSource } from '../../lib/salesforce/links.js'
import { propertyRuns } from '../support/property-runs.js'
import { choices } from './fixtures/choices.js'
import { listed, listedPayload } from './fixtures/fixture.js'
import { forms } from './fixtures/forms.js'
import { staticContents } from './fixtures/static-content.js'

const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
const subject = { role: 'Agent', appType: 'agent', subject: '005ZZ0000000001' }

const entries: unknown[] = [
  ...[...staticContents, ...choices, ...forms].map(listed),
  listedPayload({
    entryType: 'ParticipantChanged',
    ...{ entries: [{ operation: 'add', participant: subject, displayName: 'Dana' }] },
  }),
  listedPayload({
    entryType: 'RoutingResult',
    ...{
      routingType: 'Initial',
      failureType: 'RoutingError',
      failureReason: 'No_Agent',
      estimatedWaitTime: { estimatedWaitTimeInSeconds: 5 },
    },
  }),
  listedPayload({
    entryType: 'SessionStatusChanged',
    ...{ sessionStatus: 'Ended', sessionStatusPrev: 'Active', sessionEndedByRole: 'Agent' },
  }),
]

const badLinks = [
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:https://harbor.example/1',
  'file:///etc/passwd',
  'ftp://harbor.example/',
  'sms:+3110',
  '//evil.example/',
  '/relative',
  'https:evil.example',
  'https://',
  'https://bank.example@evil.example/',
  'https://user:secret@evil.example/',
  'https://bank.example\\@evil.example/',
  'https://bank.example%40evil.example/',
  'https://harbor.example/\u202efdp.exe',
  'https://harbor.example/\u0000',
  'javascript&colon;alert(1)',
  '',
]

it.each(badLinks)('opens no link like %j', (written) => {
  expect(safeLink(written)).toBeNull()
  expect(safeSource(written)).toBeNull()
})

it.each([
  ['HTTPS://harbor.example/a?b=c#d', 'https://harbor.example/a?b=c#d'],
  [' http://harbor.example ', 'http://harbor.example'],
  ['https://harbor.example/@desk', 'https://harbor.example/@desk'],
  ['mailto:desk@harbor.example', 'mailto:desk@harbor.example'],
  ['tel:+31-10-555', 'tel:+31-10-555'],
])('opens %j', (written, link) => {
  expect(safeLink(written)).toBe(link)
})

type Path = readonly (string | number)[]

/** Lists every place in a value, the value itself included. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]))
  return [path, ...inner]
}

function put(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  if (key === undefined) return part
  if (typeof value !== 'object' || value === null) return value
  const copy = Array.isArray(value) ? [...value] : { ...value }
  return Object.assign(copy, { [key]: put(Reflect.get(value, key), rest, part) })
}

/** Lists every text in a value with the name it stands under. */
function textsIn(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return [[name, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) =>
    textsIn(part, Array.isArray(value) ? name : key),
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/
const schemes = /^(https?:\/\/|mailto:|tel:)/

function expectClean(message: object): void {
  expect(messageSchema.safeParse({ ...message, conversationId }).error).toBeUndefined()
  for (const [name, text] of textsIn(message)) {
    expect(text).not.toMatch(controls)
    if (/url$/i.test(name)) expect(text).toMatch(schemes)
  }
}

const nasty = fc.oneof(
  fc.anything(),
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...badLinks, '&#0;&#27;&#x9b;', '&#13;', '\u2028', Number.MAX_SAFE_INTEGER),
)

const mutated = fc
  .constantFrom(...entries)
  .chain((entry) =>
    fc
      .array(fc.tuple(fc.constantFrom(...placesIn(entry)), nasty), { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce<unknown>((whole, [path, part]) => put(whole, path, part), entry),
      ),
  )

it('never throws, whatever is listed, and lets nothing out that the contract does not know', () => {
  fc.assert(
    fc.property(fc.oneof({ weight: 20, arbitrary: mutated }, fc.anything()), (entry) => {
      const message = toEntry(entry)?.message
      if (message) expectClean(message)
    }),
    { numRuns: propertyRuns(3000) },
  )
})

it('lets no link of another scheme out, wherever it stands', () => {
  const spots = entries.flatMap((entry) =>
    placesIn(entry)
      .filter((path) => /url$/i.test(String(path.at(-1))))
      .map((path) => [entry, path] as const),
  )
  expect(spots.length).toBeGreaterThan(15)
  for (const [entry, path] of spots) {
    for (const written of badLinks.filter((link) => link.includes('alert'))) {
      const message = toEntry(put(entry, path, written))?.message
      expect(JSON.stringify(message)).not.toContain('alert')
    }
  }
})
