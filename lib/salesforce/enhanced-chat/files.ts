/** A file → the two parts of sendFile (`enhanced-chat-api.md §2.11`). Pure. */
import { createHash } from 'node:crypto'
import type { FileContent } from '../messaging.js'

/** The same id for the same message, in the form of a UUID v4, so that sending again is harmless. */
export function fileIdOf(messageId: string): string {
  const hex = createHash('sha256').update(`file:${messageId}`).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  const [a, b, c] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16)]
  return `${a}-${b}-4${c}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** `envelope`: what every thing said is sent with. */
export function toForm(saying: FileContent & { id: string }, envelope: object): FormData {
  const { id, file, text } = saying
  const message = { id, fileId: fileIdOf(id), ...(text !== null && { text }) }
  const entry = JSON.stringify({ message, ...envelope })
  const form = new FormData()
  form.set('messageEntry', new Blob([entry], { type: 'application/json' }))
  form.set('fileData', new Blob([file.bytes], { type: file.type }), file.name)
  return form
}
