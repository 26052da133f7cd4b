/** Defines who the fuzz is: a visitor with a conversation, and a stranger with another. */
import { randomUUID } from 'node:crypto'
import { startConversation } from '../support/conversation.js'
import type { Draft } from './requests.js'

/** Maps each placeholder to its value. */
export type Placeholders = ReadonlyMap<string, string>

/** Changes one byte of a seal, which only the holder of its key can notice. */
function tampered(seal: string): string {
  const bytes = Buffer.from(seal, 'base64url')
  const at = Math.floor(bytes.length / 2)
  bytes.writeUInt8((bytes.readUInt8(at) + 1) % 256, at)
  return bytes.toString('base64url')
}

export async function createPlaceholders(): Promise<Placeholders> {
  const [visitor, otherVisitor] = [await startConversation(), await startConversation()]
  const message = randomUUID()
  await visitor.send('Hello', message)
  const { body: page } = await visitor.poll({ limit: '1' })
  const { body: otherPage } = await otherVisitor.poll({ limit: '1' })
  const [question] = page.messages
  return new Map([
    ['@token@', visitor.token],
    ['@others-token@', otherVisitor.token],
    ['@refresh@', visitor.refreshToken],
    ['@conversation@', visitor.conversationId],
    ['@others-conversation@', otherVisitor.conversationId],
    ['@message@', message],
    ['@question@', String(question?.id ?? message)],
    ['@cursor@', String(page.cursor)],
    ['@tampered-cursor@', tampered(String(page.cursor))],
    ['@others-cursor@', String(otherPage.cursor)],
    ['@tampered-refresh@', tampered(visitor.refreshToken)],
    ['@before@', String(page.before ?? page.cursor)],
  ])
}

const placeholder = /@[a-z-]+@/g

/** Fills the placeholders of a text. */
function fillIn(text: string, placeholders: Placeholders): string {
  return text.replace(placeholder, (name) => placeholders.get(name) ?? name)
}

function bodyFor(
  { method, body }: Draft,
  placeholders: Placeholders,
): string | Uint8Array<ArrayBuffer> | null {
  if (body === null || method === 'GET' || method === 'HEAD') return null
  if (typeof body === 'string') return fillIn(body, placeholders)
  return new Uint8Array(Buffer.from(fillIn(body.bytes.toString('latin1'), placeholders), 'latin1'))
}

/** Builds the request of a draft. */
export function requestOf(draft: Draft, placeholders: Placeholders): Request {
  const { method, path, headers } = draft
  const query = draft.query.replace(/%40([a-z-]+)%40/g, (whole, name) => {
    return encodeURIComponent(placeholders.get(`@${name}@`) ?? whole)
  })
  return new Request(`https://chat.example${path}?${query}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      fillIn(value, placeholders),
    ]),
    body: bodyFor(draft, placeholders),
  })
}
