/** Sends files and tells how far they are: `upload(chat, file)`. `fetch` cannot tell; XHR can. */
import type { Chat } from './chat.js'
import { page, type Upload } from './page.js'
import type { SendReply } from './wire.js'

const timeoutMs = 120_000

type Options = {
  /** Said with the file. */
  text?: string
}

/** `fetch` for one request with a body, by an `XMLHttpRequest`. `onProgress` hears parts from 0 to 1. */
function sendWith(xhr: Upload, onProgress: (part: number) => void): typeof fetch {
  return (url, { method = 'POST', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      xhr.open(method, String(url))
      for (const [name, value] of new Headers(headers)) xhr.setRequestHeader(name, value)
      xhr.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0)
      xhr.onload = () => {
        const retryAfter = xhr.getResponseHeader('retry-after')
        const { status, responseText } = xhr
        resolve(
          new Response(responseText, {
            status,
            headers: retryAfter ? { 'retry-after': retryAfter } : {},
          }),
        )
      }
      xhr.onerror = xhr.onabort = () => reject(new TypeError('No connection'))
      signal?.addEventListener('abort', () => xhr.abort())
      if (body instanceof FormData) xhr.send(body)
    })
}

/**
 * Says something by a file, in its turn among what the visitor says. The message, whose id is returned,
 * tells `progress` from 0 to 1; retried under the same id, the file is delivered once. A file that is
 * not sent does not outlive its page.
 */
export function upload(chat: Chat, file: File, { text }: Options = {}): string {
  const { name, type: mimeType } = file
  const attachments = [{ id: '', name, mimeType, url: '' }]
  const content = { messageType: 'AttachmentMessage' as const, attachments, text: text ?? name }
  return chat.say(content, ({ conversationId, id }, onProgress) => {
    const body = new FormData()
    body.append('conversationId', conversationId)
    body.append('id', id)
    if (text) body.append('text', text)
    body.append('file', file)
    const { XMLHttpRequest } = page
    const send = XMLHttpRequest && { send: sendWith(new XMLHttpRequest(), onProgress) }
    return chat.call<SendReply>('/api/upload', { body, timeoutMs, ...send })
  })
}
