/** The local Salesforce, as browser tests move it and read it. */
import * as z from 'zod'

/** Asks the sandbox for something, such as `('POST', '/outages', { forMs: 1000 })`; throws when it refuses. */
export type Sandbox = (method: string, path: string, body?: object) => Promise<unknown>

/** The sandbox of the server at an origin. */
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

/** A message as Salesforce has it; `text` is empty but for a text. */
export type Told = { id: string; role: string; messageType: string; text: string }

/** All messages of a conversation in the order they were said, without what merely happened. */
export async function messagesIn(sandbox: Sandbox, conversationId: string): Promise<Told[]> {
  const found = entryLog.parse(await sandbox('GET', `/conversations/${conversationId}`))
  return found.entryLog.flatMap(({ entry: { sender, entryPayload } }) => {
    const { id, abstractMessage } = entryPayload
    if (!abstractMessage) return []
    const { messageType, staticContent } = abstractMessage
    return [{ id, role: sender.role, messageType, text: staticContent?.text ?? '' }]
  })
}
