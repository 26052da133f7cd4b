/** Several gateways over one Redis and one Salesforce, as a load balancer would see them. */
import { type Child, startChild } from './child.js'

type Variables = Record<string, string>

/** What each gateway is started with; its place is added. */
type Options = { envs: readonly Variables[] }

export type Fleet = Awaited<ReturnType<typeof startFleet>>

const gateway = (env: Variables, port = '0') =>
  startChild('platforms/node.ts', { ...env, HOST: '127.0.0.1', PORT: port })

/** Starts the gateways, each a process of `npm start`. Nothing outlives `close`, or this process. */
export async function startFleet({ envs }: Options) {
  const gateways = await Promise.all(envs.map((env) => gateway(env)))
  let turn = 0

  function at(index: number): Child {
    const found = gateways[index]
    if (!found) throw new TypeError(`No gateway ${index} in a fleet of ${gateways.length}`)
    return found
  }

  return {
    /** The address whose turn it is, among all or these. */
    next(among: readonly number[] = [...gateways.keys()]): string {
      turn += 1
      return at(among[turn % among.length] ?? 0).url
    },
    /** What all of them said. */
    lines: () => gateways.flatMap(({ lines }) => lines),
    /** Ends a gateway on the spot, whatever it was doing. */
    kill: (index: number) => at(index).end('SIGKILL'),
    /** Starts a gateway that was killed anew, at its old address. */
    async restart(index: number): Promise<void> {
      const { port } = new URL(at(index).url)
      gateways[index] = await gateway(envs[index] ?? {}, port)
    },
    close: () => Promise.all(gateways.map(({ end }) => end('SIGKILL'))),
  }
}
