/**
 * Converts the contract's zod schemas to JSON Schema; every export of `lib/contract/` has its name
 * in the document.
 */
import { readdirSync } from 'node:fs'
import * as z from 'zod'

export type Json = { [key: string]: unknown }
type Side = 'input' | 'output'

const folder = new URL('../../lib/contract/', import.meta.url)
const prefix = '#/components/schemas/'

/** Removes parts that are true and useless: the pattern of all days of all months, 2^53. */
function withoutNoise({ jsonSchema }: { jsonSchema: Json }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}

async function namedSchemas() {
  const names = z.registry<{ id: string }>()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((each) => each.endsWith('.ts')).sort()) {
    const exported: Json = await import(new URL(file, folder).href)
    for (const [name, value] of Object.entries(exported)) {
      const id = `${name[0]?.toUpperCase()}${name.slice(1)}`
      if (value instanceof z.ZodType && !names.has(value)) names.add(value, { id })
    }
  }
  return names
}

/** Returns the names in every `$ref` under a value. */
function referred(value: unknown): string[] {
  const refs = JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
  return [...refs].flatMap(([, name]) => name ?? [])
}

/** Adds the discriminator to a union, so that clients know which member to take. */
function discriminated(schema: Json, all: Record<string, Json>): Json {
  if (!Array.isArray(schema.oneOf)) return schema
  const names = schema.oneOf.map((member: Json) => referred(member)[0] ?? '')
  const isTyped = names.every((name) => {
    const { required, properties } = z
      .object({
        required: z.array(z.string()).default([]),
        properties: z.looseObject({}).default({}),
      })
      .parse(all[name] ?? {})
    return required.includes('messageType') && 'messageType' in properties
  })
  if (!isTyped) return schema
  const mapping = Object.fromEntries(names.map((name) => [typeOf(all[name]), `${prefix}${name}`]))
  return { ...schema, discriminator: { propertyName: 'messageType', mapping } }
}

const typed = z.object({ properties: z.object({ messageType: z.object({ const: z.string() }) }) })

function typeOf(schema: Json | undefined): string {
  return typed.parse(schema).properties.messageType.const
}

/** Returns references to named schemas, and the definitions of all that were referred to. */
export async function createSchemas() {
  const names = await namedSchemas()
  const sides = { input: convert('input'), output: convert('output') }
  const used: Record<Side, Set<string>> = { input: new Set(), output: new Set() }

  function convert(io: Side): Record<string, Json> {
    const { schemas } = z.toJSONSchema(names, {
      io,
      uri: (id) => `${prefix}${id}`,
      unrepresentable: 'any',
      override: withoutNoise,
    })
    const { __shared, ...all } = schemas
    if (__shared) throw new TypeError(`Export these schemas, so that they have a name: ${__shared}`)
    const bare = Object.entries(all).map(
      ([name, { $schema: _, $id: __, ...schema }]): [string, Json] => [name, schema],
    )
    return Object.fromEntries(bare)
  }

  function use(name: string, io: Side): void {
    if (used[io].has(name)) return
    used[io].add(name)
    for (const inner of referred(sides[io][name])) use(inner, io)
  }

  return {
    /** Returns the schema of a body in the document: a reference when the schema has a name. */
    refer(schema: z.ZodType, io: Side): Json {
      const id = names.get(schema)?.id
      if (id) {
        use(id, io)
        return { $ref: `${prefix}${id}` }
      }
      const { $schema: _, ...inline } = z.toJSONSchema(schema, { io, override: withoutNoise })
      return inline
    },

    /**
     * Returns the properties of a query: values as they are meant, required as callers must send
     * them.
     */
    query(schema: z.ZodType): { name: string; required: boolean; schema: Json }[] {
      const name = names.get(schema)?.id ?? ''
      const required = z.array(z.string()).default([]).parse(sides.input[name]?.required)
      const properties = z.record(z.string(), z.looseObject({})).default({})
      const meant = properties.parse(sides.output[name]?.properties)
      for (const inner of referred(meant)) use(inner, 'output')
      return Object.entries(meant).map(([key, value]) => ({
        name: key,
        required: required.includes(key),
        schema: value,
      }))
    },

    /** Returns the definitions of all that was referred to. */
    definitions(): Json {
      const both = [...used.input].filter((name) => used.output.has(name))
      for (const name of both) {
        if (JSON.stringify(sides.input[name]) !== JSON.stringify(sides.output[name])) {
          throw new TypeError(`${name} means one thing in a request and another in a reply`)
        }
      }
      const all = [...new Set([...used.input, ...used.output])].sort()
      return Object.fromEntries(
        all.map((name) => {
          const side = used.input.has(name) ? sides.input : sides.output
          return [name, discriminated(side[name] ?? {}, side)]
        }),
      )
    },
  }
}

export type Schemas = Awaited<ReturnType<typeof createSchemas>>
