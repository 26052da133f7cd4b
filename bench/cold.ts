/**
 * Measures what a cold process of each built function takes: the import, and the first answer, with
 * Redis and Salesforce on this machine.
 */
import { openGateway } from '../tests/build/gateway.js'
import { findNode, wantedVersions } from '../tests/build/nodes.js'
import { startServers } from '../tests/build/setup.js'
import { type Build, buildCommit, buildThis } from './cold/builds.js'
import { type ColdFunction, prepareCalls } from './cold/calls.js'
import { type ColdResult, isMet, report } from './cold/report.js'
import { type Sample, takeSample } from './cold/sample.js'

/** Counts the processes of each function, build and version of Node. */
const rounds = 9

/** Exceeds what the calls of all rounds count on one address and one conversation. */
const limits = Object.fromEntries(
  ['auth', 'startAddress', 'send', 'poll', 'list', 'other'].map((name) => [name, [10_000, '1 m']]),
)

/** Reports the stage on the error stream; the standard output holds only the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

/** Returns the function that answers for a path; in some commits several share one. */
function functionAt({ functions: { byPath } }: Build, path: string) {
  const found = byPath.get(path) ?? byPath.get('/api/other')
  if (!found) throw new TypeError(`No function answers for ${path}`)
  return found
}

type Setting = { node: string; env: Readonly<Record<string, string>>; builds: readonly Build[] }

/** Takes the samples of one function: one of each build in turn, and in the next round reversed. */
async function measure({ node, env, builds }: Setting, { path, call }: ColdFunction) {
  const measured = builds.map((build) => ({
    built: functionAt(build, path),
    samples: [] as Sample[],
  }))
  for (let round = 0; round < rounds; round += 1) {
    for (const { built, samples } of round % 2 === 0 ? measured : measured.toReversed()) {
      samples.push(await takeSample({ node, env, handler: built.handler }, call()))
    }
  }
  return measured
}

/**
 * Measures this project's functions and, in turn, those of another commit, on the running Node and
 * those of `NODE_VERSIONS`; returns true when the target is met.
 */
export async function benchCold(against: string | undefined): Promise<boolean> {
  stage('building')
  const builds = [await buildThis(), ...(against === undefined ? [] : [await buildCommit(against)])]
  const servers = await startServers({ env: { LIMITS: JSON.stringify(limits) } })
  const env = { ...servers.env, VERCEL: '1' }
  const [now] = builds
  const gateway = now && (await openGateway(process.execPath, now.functions, env))
  try {
    const results: ColdResult[] = []
    const functions = gateway ? await prepareCalls(gateway) : []
    for (const version of wantedVersions(process.env)) {
      const node = await findNode(version)
      for (const each of functions) {
        stage(`Node ${version}: ${each.name}`)
        const [mine, before = null] = await measure({ node, env, builds }, each)
        if (mine) results.push({ node: version, name: each.name, now: mine, before })
      }
    }
    for (const line of report(rounds, builds[1]?.name, results)) console.log(line)
    return results.every(isMet)
  } finally {
    await gateway?.close()
    await servers.close()
    for (const { functions } of builds) functions.remove()
  }
}
