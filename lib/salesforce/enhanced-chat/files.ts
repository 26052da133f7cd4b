/** Builds the two parts of sendFile from a file (`enhanced-chat-api.md §2.11`). Pure. */
import { uuidOf } from '../../uuid.js'
import type { OutgoingFile } from '../messaging.js'

/**
 * Builds the form of sendFile. `envelope`: the members that every message is sent with. The file's
 * id follows from the message's, so that sending again is harmless.
 */
export function toForm(message: OutgoingFile, envelope: object): FormData {
  const { id, file, text } = message
  const entryMessage = { id, fileId: uuidOf(`file:${id}`), ...(text !== null && { text }) }
  const entry = JSON.stringify({ message: entryMessage, ...envelope })
  const form = new FormData()
  form.set('messageEntry', new Blob([entry], { type: 'application/json' }))
  form.set('fileData', new Blob([file.bytes], { type: file.type }), file.name)
  return form
}
