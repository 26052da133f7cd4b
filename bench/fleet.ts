/** Runs several gateways over one Redis and one Salesforce, as behind a load balancer. */
import { type Child, startChild } from './child.js'

type Variables = Record<string, string>

type Options = {
  /**
   * Holds the variables of each gateway; `HOST` and `PORT` are added. `CLOCK_AHEAD_MS` sets its clock
   * that far ahead.
   */
  envs: readonly Variables[]
  /** Is the folder of the gateways' code; by default this project. */
  root?: string
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>

/** Starts the gateways, each as `npm start` does. None outlives `close`, or this process. */
export async function startFleet({ envs, root }: Options) {
  const gateway = (env: Variables, port = '0') =>
    startChild('platforms/node.ts', { ...env, HOST: '127.0.0.1', PORT: port }, root)

  const gateways = await Promise.all(envs.map((env) => gateway(env)))
  let turn = 0

  function at(index: number): Child {
    const found = gateways[index]
    if (!found) throw new TypeError(`No gateway ${index} in a fleet of ${gateways.length}`)
    return found
  }

  return {
    /** Returns the next address in turn, among all gateways or these. */
    next(among: readonly number[] = [...gateways.keys()]): string {
      turn += 1
      return at(among[turn % among.length] ?? 0).url
    },
    /** Returns the CPU time that a gateway has used so far, in milliseconds. */
    cpuMs: (index: number) => at(index).cpuMs(),
    /** Returns the output lines of all gateways. */
    lines: () => gateways.flatMap(({ lines }) => lines),
    /** Kills a gateway at once, with its requests in flight. */
    kill: (index: number) => at(index).end('SIGKILL'),
    /** Starts a killed gateway again, at its old address. */
    async restart(index: number): Promise<void> {
      const { port } = new URL(at(index).url)
      gateways[index] = await gateway(envs[index] ?? {}, port)
    },
    close: () => Promise.all(gateways.map(({ end }) => end('SIGKILL'))),
  }
}
