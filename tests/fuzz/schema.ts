/** Arbitraries of what a contract's schema takes, from its JSON Schema: the words that our schemas use. */
import * as fc from 'fast-check'
import * as z from 'zod'

type Node = z.infer<typeof node>

const node = z.looseObject({
  type: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  propertyNames: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
})

/** Values that stand in for a property wherever its name turns up, such as an id that exists. */
export type Known = Readonly<Record<string, fc.Arbitrary<unknown>>>

/** Long texts are another matter than strange ones: at most so many characters and items. */
const most = { characters: 60, items: 4 }

function text({ pattern, minLength = 0, maxLength = most.characters }: Node) {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  const bounds = { minLength, maxLength: Math.min(maxLength, Math.max(minLength, most.characters)) }
  return fc.string({ ...bounds, unit: 'grapheme' })
}

function object(schema: Node, known: Known): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema
  if (propertyNames !== undefined) {
    const names = arbitrary(propertyNames, known).map(String)
    return fc.dictionary(names, arbitrary(additionalProperties, known), { maxKeys: most.items })
  }
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [
      name,
      known[name] ?? arbitrary(inner, known),
    ]),
  )
  return fc.record(model, { requiredKeys: required })
}

function array({ items, minItems = 0, maxItems = most.items }: Node, known: Known) {
  const maxLength = Math.min(maxItems, Math.max(minItems, most.items))
  return fc.array(arbitrary(items, known), { minLength: minItems, maxLength })
}

function arbitrary(schema: unknown, known: Known): fc.Arbitrary<unknown> {
  const read = node.parse(schema)
  const members = read.oneOf ?? read.anyOf
  if (members) return fc.oneof(...members.map((member) => arbitrary(member, known)))
  if ('const' in read) return fc.constant(read.const)
  if (read.enum) return fc.constantFrom(...read.enum)
  if (read.type === 'string') return text(read)
  if (read.type === 'boolean') return fc.boolean()
  if (read.type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (read.type === 'array') return array(read, known)
  if (read.type === 'object') return object(read, known)
  throw new TypeError(`The fuzz does not know how to make ${JSON.stringify(schema)}`)
}

/** Generates what this schema accepts, mostly: rules that JSON Schema cannot tell are not kept. */
export function inputsOf(schema: z.ZodType, known: Known): fc.Arbitrary<unknown> {
  return arbitrary(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), known)
}
