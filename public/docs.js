/** Builds the reference from the OpenAPI document. */
import { curls } from './docs-curl.js'
import { block, el, paragraphs, prose, table } from './docs-dom.js'
import { bodyShape, glossary, parametersTable, shape } from './docs-schema.js'

const contents = document.getElementById('contents')
const reference = document.getElementById('reference')

function isProblem([, response]) {
  return response.content?.['application/problem+json'] !== undefined
}

function request({ operation }, { schemas }) {
  const parameters = (operation.parameters ?? []).filter(({ name }) => name)
  const [[type, body] = []] = Object.entries(operation.requestBody?.content ?? {})
  return [
    parameters.length > 0 ? [el('h4', {}, 'Query'), parametersTable(parameters)] : [],
    body ? [el('h4', {}, 'Body'), el('p', {}, el('code', {}, type))] : [],
    body ? bodyShape(body.schema, schemas) : [],
  ].flat()
}

function reply([status, { description, content = {} }], schemas) {
  const [body] = Object.values(content)
  const examples = Object.values(body?.examples ?? {}).map(({ value }) =>
    block(JSON.stringify(value, null, 2)),
  )
  const heading = el('p', { class: 'status' }, el('strong', {}, status), ' ', prose(description))
  if (!body) return [heading]
  const parts = [...shape(body.schema, schemas), ...examples]
  return [el('details', {}, el('summary', {}, ...heading.childNodes), ...parts)]
}

function errors(responses, examples) {
  const rows = responses
    .filter(isProblem)
    .flatMap(([status, { content }]) =>
      content['application/problem+json'].schema.properties.code.enum.map((code) => [
        status,
        el('a', { href: `/problems#${code}` }, el('code', {}, code)),
        examples[code].value.title,
        examples[code].value.retryable ? 'yes' : 'no',
      ]),
    )
  return table(['status', 'code', 'meaning', 'retry'], rows)
}

function article(entry, components) {
  const { path, method, operation } = entry
  const responses = Object.entries(operation.responses)
  const replies = responses.filter((response) => !isProblem(response))
  const isOpen = operation.security?.length === 0
  return el(
    'article',
    { id: operation.operationId },
    el(
      'h3',
      {},
      el('span', { class: `verb ${method}` }, method.toUpperCase()),
      ' ',
      el('code', {}, path),
    ),
    el('p', { class: 'summary' }, operation.summary),
    ...paragraphs(operation.description),
    el('p', { class: 'access' }, isOpen ? 'No token needed.' : 'Needs a bearer token.'),
    ...request(entry, components),
    el('h4', {}, 'Example'),
    ...curls(entry),
    replies.length > 0 ? el('h4', {}, 'Replies') : null,
    ...replies.flatMap((response) => reply(response, components.schemas)),
    el(
      'details',
      { class: 'errors' },
      el('summary', {}, 'Errors'),
      errors(responses, components.examples),
    ),
  )
}

function entriesOf(paths, tag) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ path, method, operation })),
  )
}

function menu(entries) {
  return entries.map(({ path, method, operation }) =>
    el(
      'li',
      {},
      el(
        'a',
        { href: `#${operation.operationId}` },
        el('span', { class: `verb ${method}` }, method.toUpperCase()),
        ` ${path}`,
      ),
    ),
  )
}

function show({ info, tags, paths, components }) {
  const groups = tags.map((tag) => ({ ...tag, entries: entriesOf(paths, tag.name) }))
  contents.replaceChildren(
    ...groups.flatMap(({ name, entries }) => [el('h2', {}, name), el('ul', {}, menu(entries))]),
    el('p', {}, el('a', { href: '#shapes' }, 'Shapes')),
  )
  reference.replaceChildren(
    el(
      'section',
      { class: 'about' },
      ...paragraphs(info.description),
      el('p', {}, `Version ${info.version}`),
    ),
    ...groups.map(({ name, description, entries }) =>
      el(
        'section',
        {},
        el('h2', {}, name),
        ...paragraphs(description),
        ...entries.map((entry) => article(entry, components)),
      ),
    ),
    el('section', { id: 'shapes' }, el('h2', {}, 'Shapes'), ...glossary(components.schemas)),
  )
  reference.removeAttribute('aria-busy')
  document.getElementById(location.hash.slice(1))?.scrollIntoView()
}

try {
  const response = await fetch('/openapi.json')
  if (!response.ok) throw new TypeError(`openapi.json: ${response.status}`)
  show(await response.json())
} catch {
  reference.replaceChildren(
    el('p', { role: 'alert' }, 'The reference cannot be read now. Reload the page.'),
  )
}
