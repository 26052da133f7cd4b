/** Lists the choices that answer a message: its items, or none. */
export function choicesOf({ messageType, quickReplies, listPicker }) {
  if (messageType === 'QuickReplyMessage') return quickReplies.replies
  if (messageType === 'ListPickerMessage') return listPicker.options
  return []
}

/** A message in lines of text, with a number before each choice. */
export function linesOf(message) {
  const { sender, text, quickReplies, listPicker } = message
  const said = quickReplies?.text || listPicker?.title || text
  const choices = choicesOf(message).map(({ title }, index) => `  ${index + 1}  ${title}`)
  return [`${sender.displayName ?? sender.role}: ${said}`, ...choices]
}
