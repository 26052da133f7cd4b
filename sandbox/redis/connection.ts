import type { Duplex } from 'node:stream'
import { createReplyReader, encodeCommand, type Reply } from './resp.js'

/**
 * Executes commands for the REST server: an error is a reply, and only a lost connection throws.
 */
export type RedisBackend = {
  execute(command: readonly string[]): Promise<Reply>
  /** Executes all commands or none, with no other command in between; returns the reply of EXEC. */
  transaction(commands: readonly (readonly string[])[]): Promise<Reply>
  close(): void
}

type PendingReply = { resolve(reply: Reply): void; reject(reason: Error): void }

/**
 * Creates one Redis connection over any stream of bytes, which opens at the first use and after a
 * loss. Redis answers a connection in order, so commands written in one piece stay together.
 */
export function createConnection(open: () => Duplex): RedisBackend {
  let client: ReturnType<typeof createClient> | undefined
  function connected() {
    if (!client?.isOpen()) client = createClient(open())
    return client
  }
  return {
    execute: (command) => connected().send(command),
    async transaction(commands) {
      const all = [['MULTI'], ...commands, ['EXEC']]
      const replies = await connected().sendAll(all)
      return replies.at(-1) ?? null
    },
    close() {
      client?.close()
    },
  }
}

function createClient(stream: Duplex) {
  const pendingReplies: PendingReply[] = []
  let failure: Error | undefined

  function fail(reason: Error): void {
    failure ??= reason
    for (const pending of pendingReplies.splice(0)) pending.reject(failure)
    stream.destroy()
  }
  const feed = createReplyReader((reply) => pendingReplies.shift()?.resolve(reply))
  stream.on('data', (chunk: Buffer) => {
    try {
      feed(chunk)
    } catch (error) {
      fail(error instanceof Error ? error : new Error('unreadable answer'))
    }
  })
  stream.on('error', fail)
  stream.on('close', () => fail(new Error('the connection to Redis is closed')))

  function sendAll(commands: readonly (readonly string[])[]): Promise<Reply[]> {
    if (failure) return Promise.reject(failure)
    const replies = commands.map(
      () => new Promise<Reply>((resolve, reject) => pendingReplies.push({ resolve, reject })),
    )
    stream.write(Buffer.concat(commands.map(encodeCommand)))
    return Promise.all(replies)
  }
  return {
    sendAll,
    send: async (command: readonly string[]) => (await sendAll([command]))[0] ?? null,
    isOpen: () => failure === undefined,
    close: () => fail(new Error('the connection to Redis is closed')),
  }
}
