/** Controls and reads the local Salesforce for browser tests. */
import * as z from 'zod'

/** Sends the sandbox a request, such as `('POST', '/outages', { forMs: 1000 })`; throws unless the response is 2xx. */
export type Sandbox = (method: string, path: string, body?: object) => Promise<unknown>

/** Returns the sandbox of the server at an origin. */
export function sandboxAt(origin: string): Sandbox {
  return async (method, path, body) => {
    const response = await fetch(`${origin}/__sandbox${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

const entryLog = z.object({
  entryLog: z.array(
    z.object({
      entry: z.object({
        sender: z.object({ role: z.string() }),
        entryPayload: z.looseObject({
          id: z.string(),
          abstractMessage: z
            .looseObject({
              messageType: z.string(),
              staticContent: z.looseObject({ text: z.string().nullish() }).optional(),
            })
            .optional(),
        }),
      }),
    }),
  ),
})

/** A message as Salesforce stores it; `text` is empty for other types than texts. */
export type StoredMessage = { id: string; role: string; messageType: string; text: string }

/** Returns the messages of a conversation in their order, without other entries. */
export async function messagesIn(
  sandbox: Sandbox,
  conversationId: string,
): Promise<StoredMessage[]> {
  const found = entryLog.parse(await sandbox('GET', `/conversations/${conversationId}`))
  return found.entryLog.flatMap(({ entry: { sender, entryPayload } }) => {
    const { id, abstractMessage } = entryPayload
    if (!abstractMessage) return []
    const { messageType, staticContent } = abstractMessage
    return [{ id, role: sender.role, messageType, text: staticContent?.text ?? '' }]
  })
}
