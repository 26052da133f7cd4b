/** Builds the commands that try an endpoint. */
import { block, el } from './docs-dom.js'

/** Builds a command to paste, with an example body. */
function curl({ path, method, operation }, example) {
  const query = (operation.parameters ?? [])
    .filter(({ required }) => required)
    .map(
      ({ name }) => `${name}=$${name === 'conversationId' ? 'CONVERSATION' : name.toUpperCase()}`,
    )
  const search = query.length > 0 ? `?${query.join('&')}` : ''
  const lines = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"${location.origin}${path}${search}"`,
    ...(operation.security?.length === 0 ? [] : ['  -H "Authorization: Bearer $TOKEN"']),
    ...(example === undefined
      ? []
      : [
          '  -H "Content-Type: application/json"',
          `  -d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`,
        ]),
  ]
  return block(lines.join(' \\\n'))
}

/** Builds a command for each example of a body; the first is open. */
export function curls(entry) {
  const [body] = Object.values(entry.operation.requestBody?.content ?? {})
  const examples = Object.entries(body?.examples ?? {})
  if (examples.length < 2) return [curl(entry, examples[0]?.[1].value)]
  return examples.map(([name, { value }], index) =>
    el('details', index === 0 ? { open: '' } : {}, el('summary', {}, name), curl(entry, value)),
  )
}
