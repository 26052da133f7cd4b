/** Provides files, forms and conversations to the tests of upload. */
import { randomUUID } from 'node:crypto'
// Loaded here, so that no upload waits for the disk: simulated time would move meanwhile.
import 'file-type/core'
import upload from '../../api/upload.js'
import { startConversation } from './conversation.js'
import type { TestGateway } from './gateway.js'
import { request } from './request.js'

export const attachments = { endUserToAgent: true, maxFileSize: 5 }

/** Holds a PNG of one pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export type FileOptions = { name?: string; type?: string; content?: Buffer | string }

export function createFile({
  name = 'bill.png',
  type = 'image/png',
  content = png,
}: FileOptions = {}) {
  return new File([typeof content === 'string' ? content : new Uint8Array(content)], name, { type })
}

export type Parts = Record<string, string | File>

/** Builds a form with these parts in this order. */
export function createForm(parts: Parts | readonly [string, string | File][]): FormData {
  const form = new FormData()
  const rows = Array.isArray(parts) ? parts : Object.entries(parts)
  for (const [name, value] of rows) form.append(name, value)
  return form
}

/** Starts a conversation whose visitor can upload files. */
export async function startUploadConversation(options: object = {}) {
  const visitor = await startConversation(options)
  const { token, conversationId } = visitor
  return {
    ...visitor,
    uploadForm: (form: FormData) => request(upload, { token, form }),
    upload: (parts: Parts = {}, id: string = randomUUID()) =>
      request(upload, {
        token,
        form: createForm({ conversationId, id, file: createFile(), ...parts }),
      }),
  }
}

/** Returns the bodies of the `sendFile` requests to Salesforce. */
export function filesSentToSalesforce(gateway: TestGateway) {
  return gateway.salesforce.exchanges
    .filter(({ operationId }) => operationId === 'sendFile')
    .map(({ requestBody }) => requestBody)
}
