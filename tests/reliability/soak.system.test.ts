/** `npm run soak` in small: every kind of weather, a gateway killed, and nothing lost or doubled. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { hasRedisServer } from '../sandbox/redis-server.js'

const timeout = 300_000

it.skipIf(!hasRedisServer())(
  'a short soak loses, doubles and mixes up nothing, and says so in figures',
  { timeout },
  async () => {
    const env = { ...process.env, SOAK_VISITORS: '40', SOAK_SECONDS: '10', SOAK_RATE: '40' }
    const soak = spawn('npm', ['run', '-s', 'soak'], { env, stdio: 'pipe' })
    let said = ''
    for (const output of [soak.stdout, soak.stderr]) output.on('data', (data) => (said += data))
    const [code] = await once(soak, 'exit')
    expect(said).toContain('lost 0, doubled 0, foreign 0, internal 0')
    expect(code, said).toBe(0)
    expect(Number(/acknowledged (\d+)/.exec(said)?.[1])).toBeGreaterThanOrEqual(40)
    expect(said).toMatch(/^send (calm|storm) +\d+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m)
  },
)
