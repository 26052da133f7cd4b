/** Who the fuzz is: a visitor with a conversation, and a stranger with another. */
import { randomUUID } from 'node:crypto'
import { visit } from '../support/visit.js'
import type { Draft } from './requests.js'

/** What stands for each placeholder. */
export type Scene = ReadonlyMap<string, string>

/** The same seal with another content: what only whoever sealed it can tell. */
function tampered(seal: string): string {
  const bytes = Buffer.from(seal, 'base64url')
  const at = Math.floor(bytes.length / 2)
  bytes.writeUInt8((bytes.readUInt8(at) + 1) % 256, at)
  return bytes.toString('base64url')
}

export async function createScene(): Promise<Scene> {
  const [visitor, stranger] = [await visit(), await visit()]
  const message = randomUUID()
  await visitor.say('Hello', message)
  const { body: page } = await visitor.poll({ limit: '1' })
  const { body: strangers } = await stranger.poll({ limit: '1' })
  const [question] = page.messages
  return new Map([
    ['@token@', visitor.token],
    ['@others-token@', stranger.token],
    ['@refresh@', visitor.refreshToken],
    ['@conversation@', visitor.conversationId],
    ['@others-conversation@', stranger.conversationId],
    ['@message@', message],
    ['@question@', String(question?.id ?? message)],
    ['@cursor@', String(page.cursor)],
    ['@tampered-cursor@', tampered(String(page.cursor))],
    ['@others-cursor@', String(strangers.cursor)],
    ['@tampered-refresh@', tampered(visitor.refreshToken)],
    ['@before@', String(page.before ?? page.cursor)],
  ])
}

const placeholder = /@[a-z-]+@/g

/** A text with what the scene has. */
function cast(text: string, scene: Scene): string {
  return text.replace(placeholder, (name) => scene.get(name) ?? name)
}

function bodyFor({ method, body }: Draft, scene: Scene): string | Uint8Array<ArrayBuffer> | null {
  if (body === null || method === 'GET' || method === 'HEAD') return null
  if (typeof body === 'string') return cast(body, scene)
  return new Uint8Array(Buffer.from(cast(body.bytes.toString('latin1'), scene), 'latin1'))
}

/** The request that a draft becomes. */
export function requestOf(draft: Draft, scene: Scene): Request {
  const { method, path, headers } = draft
  const query = draft.query.replace(/%40([a-z-]+)%40/g, (whole, name) => {
    return encodeURIComponent(scene.get(`@${name}@`) ?? whole)
  })
  return new Request(`https://chat.example${path}?${query}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      cast(value, scene),
    ]),
    body: bodyFor(draft, scene),
  })
}
