/** Sends files and tells how far they are: `upload(chat, file)`. `fetch` cannot tell; XHR can. */

import type { SendReply } from './api-types.js'
import { globals } from './browser-globals.js'
import type { Chat } from './chat.js'

const timeoutMs = 120_000

type Options = {
  /** Said with the file. */
  text?: string
}

/** Sends a form in the place of what `fetch` would send. `onProgress` hears parts from 0 to 1. */
function sendForm(form: FormData, plain: typeof fetch, onProgress: (part: number) => void) {
  const send: typeof fetch = (url, { headers, signal } = {}) => {
    const sent = new Headers(headers)
    sent.delete('content-type')
    const { XMLHttpRequest } = globals
    const init = { method: 'POST', body: form, headers: sent, ...(signal && { signal }) }
    if (!XMLHttpRequest) return plain(url, init)
    const xhr = new XMLHttpRequest()
    return new Promise((resolve, reject) => {
      xhr.open('POST', String(url))
      for (const [name, value] of sent) xhr.setRequestHeader(name, value)
      xhr.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0)
      xhr.onload = () => {
        const retryAfter = xhr.getResponseHeader('retry-after')
        const { status, responseText } = xhr
        const known = retryAfter ? { 'retry-after': retryAfter } : {}
        resolve(new Response(responseText, { status, headers: known }))
      }
      xhr.onerror = xhr.onabort = () => reject(new TypeError('No connection'))
      signal?.addEventListener('abort', () => xhr.abort())
      xhr.send(form)
    })
  }
  return send
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
  return chat.sendContent(content, ({ conversationId, id }, onProgress) => {
    const form = new FormData()
    form.append('conversationId', conversationId)
    form.append('id', id)
    if (text) form.append('text', text)
    form.append('file', file)
    const via = (plain: typeof fetch) => sendForm(form, plain, onProgress)
    return chat.call<SendReply>('/api/upload', { method: 'POST', timeoutMs, via })
  })
}
