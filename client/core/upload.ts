/**
 * Sends files and reports their progress: `upload(chat, file)`. `XMLHttpRequest` can report
 * progress, `fetch` cannot.
 */

import type { SendReply } from './api-types.js'
import { globals } from './browser-globals.js'
import type { Chat } from './chat.js'
import { fileTimeoutMs } from './http.js'

type Options = {
  /** Goes with the file as the message's text. */
  text?: string
}

/**
 * Returns a `fetch` that sends a form as the body. `onProgress` gets the part sent, from 0 to 1.
 */
function sendForm(form: FormData, baseFetch: typeof fetch, onProgress: (part: number) => void) {
  const send: typeof fetch = (url, { headers, signal } = {}) => {
    const requestHeaders = new Headers(headers)
    requestHeaders.delete('content-type')
    const { XMLHttpRequest } = globals
    const init = { method: 'POST', body: form, headers: requestHeaders, ...(signal && { signal }) }
    if (!XMLHttpRequest) return baseFetch(url, init)
    const xhr = new XMLHttpRequest()
    return new Promise((resolve, reject) => {
      xhr.open('POST', String(url))
      for (const [name, value] of requestHeaders) xhr.setRequestHeader(name, value)
      xhr.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0)
      xhr.onload = () => {
        const retryAfter = xhr.getResponseHeader('retry-after')
        const { status, responseText } = xhr
        const responseHeaders = retryAfter ? { 'retry-after': retryAfter } : {}
        resolve(new Response(responseText, { status, headers: responseHeaders }))
      }
      xhr.onerror = xhr.onabort = () => reject(new TypeError('No connection'))
      signal?.addEventListener('abort', () => xhr.abort())
      xhr.send(form)
    })
  }
  return send
}

/**
 * Sends a file, in its turn among the visitor's messages. Returns the id of its message, which has
 * the `progress` from 0 to 1. Sent again under the same id, the file is delivered once. A file that
 * is not sent is not kept over a reload.
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
    const via = (baseFetch: typeof fetch) => sendForm(form, baseFetch, onProgress)
    return chat.call<SendReply>('/api/upload', { method: 'POST', timeoutMs: fileTimeoutMs, via })
  })
}
