/** Shows JSON Schemas as tables: a row for each property, with its type and its constraints. */
import { el, paragraphs, prose, table } from './docs-dom.js'

const prefix = '#/components/schemas/'

/** Returns the name of the schema that a reference points to, or null. */
function nameOf(schema) {
  return schema.$ref?.startsWith(prefix) ? schema.$ref.slice(prefix.length) : null
}

function link(name) {
  return el('a', { href: `#schema-${name}` }, name)
}

function between(nodes, separator) {
  return nodes.flatMap((node, index) => (index === 0 ? [node] : [separator, node])).flat()
}

/** Returns the members of a union. */
function membersOf(schema) {
  return schema.oneOf ?? schema.anyOf ?? null
}

/** Describes a value's type in a few words and links. */
function typeOf(schema) {
  const name = nameOf(schema)
  if (name) return [link(name)]
  const members = membersOf(schema)
  if (members) return between(members.map(typeOf), ' or ')
  if (schema.const !== undefined) return [el('code', {}, JSON.stringify(schema.const))]
  if (schema.enum) {
    return between(
      schema.enum.map((value) => el('code', {}, JSON.stringify(value))),
      ' or ',
    )
  }
  if (schema.type === 'array') return ['list of ', ...typeOf(schema.items ?? {})]
  if (schema.type === 'object' && schema.additionalProperties?.type) {
    return ['object of ', ...typeOf(schema.additionalProperties), 's']
  }
  return [[schema.type ?? 'anything'].flat().join(' or ')]
}

function range(minimum, maximum, unit) {
  if (minimum === undefined && maximum === undefined) return null
  if (minimum === undefined) return `at most ${maximum}${unit}`
  return maximum === undefined ? `at least ${minimum}${unit}` : `${minimum} to ${maximum}${unit}`
}

/** Describes the constraints of a value. */
function constraintsOf(schema) {
  const rules = [
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
    schema.format ? `format ${schema.format}` : null,
    schema.pattern && !schema.format ? `pattern \`${schema.pattern}\`` : null,
    schema.default === undefined ? null : `default \`${JSON.stringify(schema.default)}\``,
  ]
  return rules.filter((rule) => rule !== null)
}

function rowOf(path, schema, isRequired) {
  const remarks = [schema.description, ...constraintsOf(schema)].filter(Boolean)
  const need = isRequired ? el('strong', {}, 'required') : 'optional'
  return [el('code', {}, path), typeOf(schema), need, between(remarks.map(prose), ' · ')]
}

/** Builds a row for each property; properties of nested objects have a dotted path. */
function rowsOf(schema, before = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const isRequired = schema.required?.includes(name) ?? false
    const isList = property.type === 'array'
    const path = `${before}${name}${isList ? '[]' : ''}`
    const inner = isList ? (property.items ?? {}) : property
    return [rowOf(path, property, isRequired), ...rowsOf(inner, `${path}.`)]
  })
}

/** Builds the table of a query's parameters, in the same four columns. */
export function parametersTable(parameters) {
  const rows = parameters.map(({ name, schema, required, description }) =>
    rowOf(name, { ...schema, ...(description && { description }) }, required),
  )
  return table(['name', 'type', '', 'remarks'], rows, 'fields')
}

/** Shows any schema: an object's table, a union's members, or one line. */
export function shape(schema, schemas) {
  const name = nameOf(schema)
  if (name) return [el('p', { class: 'shape' }, link(name)), ...shape(schemas[name], {})]
  if (schema.properties)
    return [table(['property', 'type', '', 'remarks'], rowsOf(schema), 'fields')]
  const members = membersOf(schema)
  if (members) return [el('p', {}, 'One of: ', between(members.map(typeOf), ', '), '.')]
  const remarks = between(constraintsOf(schema).map(prose), ' · ')
  return [el('p', {}, typeOf(schema), remarks.length > 0 ? [' · ', ...remarks] : [])]
}

/** Shows a body; a union of requests shows each of its members at once. */
export function bodyShape(schema, schemas) {
  const members = membersOf(schemas[nameOf(schema)] ?? schema)
  if (!members) return shape(schema, schemas)
  return members.map((member) =>
    el('details', {}, el('summary', {}, nameOf(member) ?? 'Another'), ...shape(member, schemas)),
  )
}

/** Lists every named schema, as the target of the links. */
export function glossary(schemas) {
  return Object.entries(schemas).map(([name, schema]) =>
    el(
      'section',
      { id: `schema-${name}`, class: 'schema' },
      el('h3', {}, name),
      ...paragraphs(schema.properties ? schema.description : ''),
      ...shape(schema, schemas),
    ),
  )
}
