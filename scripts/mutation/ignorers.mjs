/**
 * Leaves texts for people out of the mutations: the `detail` of a problem, the `note` of a log line
 * and the message of an error. Their words are no behaviour; that they are there is tested by the
 * mutants of the code around them.
 */

const textKeys = new Set(['detail', 'note'])

/** Tells that an expression is a plain or template text. */
function isText(node) {
  return node?.type === 'StringLiteral' || node?.type === 'TemplateLiteral'
}

function ignoredReason({ node, parent }) {
  if (!isText(node) || !parent) return undefined
  const isNamedText = parent.type === 'ObjectProperty' && textKeys.has(parent.key.name)
  const isErrorText = parent.type === 'NewExpression' && /^(Type)?Error$/.test(parent.callee.name)
  return isNamedText || isErrorText ? 'A text for people.' : undefined
}

export const strykerPlugins = [
  { kind: 'Ignore', name: 'texts', value: { shouldIgnore: ignoredReason } },
]
