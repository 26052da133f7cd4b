/** Several gateways over one Redis and one Salesforce, as a load balancer would see them. */
import { type Child, startChild } from './child.js'

type Options = {
  size: number
  /** What every gateway is started with; its place is added. */
  env: Record<string, string>
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>

const gateway = (env: Record<string, string>, port = '0') =>
  startChild('platforms/node.ts', { ...env, HOST: '127.0.0.1', PORT: port })

/** Starts the gateways, each a process of `npm start`. Nothing outlives `close`, or this process. */
export async function startFleet({ size, env }: Options) {
  const gateways = await Promise.all(Array.from({ length: size }, () => gateway(env)))
  let turn = 0

  function at(index: number): Child {
    const found = gateways[index]
    if (!found) throw new TypeError(`No gateway ${index} in a fleet of ${gateways.length}`)
    return found
  }

  async function restart(index: number, changes: Record<string, string> = {}): Promise<void> {
    const { url, end } = at(index)
    await end('SIGKILL')
    gateways[index] = await gateway({ ...env, ...changes }, new URL(url).port)
  }

  return {
    size,
    /** The address whose turn it is. */
    next(): string {
      turn += 1
      return at(turn % size).url
    },
    urlOf: (index: number) => at(index).url,
    /** What all of them said. */
    lines: () => gateways.flatMap(({ lines }) => lines),
    /** Ends a gateway on the spot, whatever it was doing. */
    kill: (index: number) => at(index).end('SIGKILL'),
    /** Starts a gateway anew at its old address, with these variables changed. */
    restart,
    restartAll: (changes: Record<string, string> = {}) =>
      Promise.all(gateways.map((_gateway, index) => restart(index, changes))),
    close: () => Promise.all(gateways.map(({ end }) => end('SIGKILL'))),
  }
}
