/** Creates a proxy for any protocol over TCP, with faults that can be set while it runs. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { joinSockets, type ProxiedConnection } from './connection.js'
import type { ProxyFault } from './faults.js'

export type { ProxyFault } from './faults.js'

/** Names the server's address: a loopback port, or the path of a unix socket. */
export type Target = { port: number } | { path: string }

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new TypeError('not listening')
  return address.port
}

/** Listens on a free port of 127.0.0.1; without a fault, all bytes pass unchanged. */
export async function startFaultProxy(target: Target) {
  const connections = new Set<ProxiedConnection>()
  let fault: ProxyFault | null = null

  function onClient(client: Socket): void {
    const server = 'path' in target ? connect(target.path) : connect(target.port, '127.0.0.1')
    const connection = joinSockets(client, server, () => fault)
    connections.add(connection)
    client.once('close', () => connections.delete(connection))
  }

  const listener = createServer({ noDelay: true }, onClient)
  async function listen(port: number): Promise<void> {
    listener.listen(port, '127.0.0.1')
    await once(listener, 'listening')
  }
  await listen(0)
  const port = portOf(listener.address())

  function cutConnections(which: (connection: ProxiedConnection) => boolean): void {
    for (const connection of [...connections].filter(which)) connection.cut()
  }

  async function stopListening(): Promise<void> {
    const closed = once(listener, 'close')
    listener.close()
    cutConnections(() => true)
    await closed
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,

    /**
     * Sets the fault from now on; null removes it. Connections that lost bytes are cut, never
     * healed.
     */
    async set(next: ProxyFault | null): Promise<void> {
      fault = next
      cutConnections((connection) => connection.isSpoiled())
      if (next === 'refuse' && listener.listening) await stopListening()
      if (next !== 'refuse' && !listener.listening) await listen(port)
    },

    async close(): Promise<void> {
      if (listener.listening) await stopListening()
    },
  }
}
