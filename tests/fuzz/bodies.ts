/** Generates texts of JSON, inside and outside of the contract. */
import * as fc from 'fast-check'

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const deepObject = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

/** JSON that nobody asked for, as it is written. */
const strange = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '0',
    '-0',
    '1e400',
    '-1e400',
    '9007199254740993',
    '1e-400',
    '"\\ud800"',
    '"\\udfff\\ud83d x"',
    '"\\u0000\\u0007\\u001b[31m"',
    '"\u202e\u2066right to left\ufeff"',
    '"a\u0300\u0301\u0302\u0303"',
    '"\\r\\nX-Injected: 1"',
    '"   "',
    '"../../etc/passwd"',
    '"{{7*7}}<script>"',
    '"__proto__"',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"toString":1,"hasOwnProperty":2,"then":3,"toJSON":4}',
    deep(50),
    deep(5000),
    deepObject(3000),
    JSON.stringify('x'.repeat(5000)),
    JSON.stringify('😀'.repeat(4001)),
    JSON.stringify(Array.from({ length: 500 }, (_, index) => index)),
  ),
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc.double().map((value) => String(Number.isFinite(value) ? value : '1e999')),
)

const strangeName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', '', ' ', 'id ', 'Text', 'a.b', '\\ud800'),
  fc.string({ unit: 'binary', maxLength: 12 }).map((name) => JSON.stringify(name).slice(1, -1)),
)

/** Returns a value as a list of members of an object; null for a value that has none. */
function membersOf(value: unknown): [name: string, text: string][] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return Object.entries(value).map(([name, inner]) => [
    JSON.stringify(name).slice(1, -1),
    JSON.stringify(inner),
  ])
}

type Members = [name: string, text: string][]

const written = (members: Members) =>
  `{${members.map(([name, text]) => `"${name}":${text}`).join(',')}}`

type Change = (members: Members) => Members

/** Changes of an object's members: another type, one less, one more, one twice. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(9), strange).map(([at, text]): Change => {
    return (members) =>
      members.map(([name, old], index) => [name, index === at % members.length ? text : old])
  }),
  fc.nat(9).map((at): Change => {
    return (members) => members.filter((_, index) => index !== at % members.length)
  }),
  fc.tuple(strangeName, strange).map(
    (extra): Change =>
      (members) => [...members, extra],
  ),
  fc.tuple(fc.nat(9), strange).map(([at, text]): Change => {
    return (members) => {
      const [name = 'text'] = members[at % Math.max(1, members.length)] ?? []
      return [...members, [name, text]]
    }
  }),
)

/** Changes of the whole text: cut off, another value, no JSON at all. */
const damage = fc.oneof(
  { weight: 20, arbitrary: fc.constant((text: string) => text) },
  { weight: 1, arbitrary: fc.nat(300).map((at) => (text: string) => text.slice(0, at)) },
  { weight: 1, arbitrary: strange.map((other) => () => other) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary' }).map((tail) => (text: string) => text + tail),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      () => '',
      (text: string) => `\ufeff${text}`,
      (text: string) => `[${text}]`,
      (text: string) => JSON.stringify(text),
      (text: string) => text + ' '.repeat(200_000),
    ),
  },
)

/** Generates values inside of the contract, left as they are or led out of it. */
export function textsOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const changes = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Change[]>([]) },
    { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
  )
  return fc.tuple(values, changes, damage).map(([value, all, corrupt]) => {
    const members = membersOf(value)
    if (members === null) return corrupt(JSON.stringify(value))
    return corrupt(written(all.reduce((left, each) => each(left), members)))
  })
}

/** Generates the same for a query: values become texts, and suffer what a query can suffer. */
export function queriesOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const tail = fc.oneof(
    { weight: 12, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '&limit=1&limit=2',
        '&wait=-1',
        '&%',
        '&%00=%00',
        '&%ff%fe=1',
        '&__proto__=1',
        '&constructor=1',
        '&a[b]=c',
        '&=',
        '&&&',
        ';x=1',
        '&limit=%0d%0aX-Injected:1',
        '&cursor=%ed%a0%80',
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .string({ unit: 'binary', maxLength: 20 })
        .map((text) => `&${new URLSearchParams({ [text]: text })}`),
    },
  )
  return fc.tuple(values, tail).map(([value, more]) => {
    const given = Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined)
    const fields = given.map(([name, inner]): [string, string] => [
      name,
      typeof inner === 'string' ? inner : JSON.stringify(inner),
    ])
    return `${new URLSearchParams(fields)}${more}`
  })
}
