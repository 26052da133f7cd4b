/** What the tests of uploading share. */
import { randomUUID } from 'node:crypto'
import upload from '../../api/upload.js'
import { knock } from '../support/knock.js'
import { visit } from '../support/visit.js'
import type { World } from '../support/world.js'

export const attachments = { endUserToAgent: true, maxFileSize: 5 }

/** The smallest PNG there is. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export type FileWish = { name?: string; type?: string; content?: Buffer | string }

export function fileOf({ name = 'bill.png', type = 'image/png', content = png }: FileWish = {}) {
  return new File([typeof content === 'string' ? content : new Uint8Array(content)], name, { type })
}

export type Parts = Record<string, string | File>

/** A form with these parts in this order. */
export function formOf(parts: Parts | readonly [string, string | File][]): FormData {
  const form = new FormData()
  const rows = Array.isArray(parts) ? parts : Object.entries(parts)
  for (const [name, value] of rows) form.append(name, value)
  return form
}

/** A visitor who sends files. */
export async function uploader(wish: object = {}) {
  const visitor = await visit(wish)
  const { token, conversationId } = visitor
  return {
    ...visitor,
    send: (form: FormData) => knock(upload, { token, form }),
    upload: (parts: Parts = {}, id: string = randomUUID()) =>
      knock(upload, { token, form: formOf({ conversationId, id, file: fileOf(), ...parts }) }),
  }
}

/** What sendFile heard. */
export function filesHeard(world: World) {
  return world.salesforce.exchanges
    .filter(({ operationId }) => operationId === 'sendFile')
    .map(({ requestBody }) => requestBody)
}
