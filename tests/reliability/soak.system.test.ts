/** Runs a short `npm run soak` with every kind of fault, a killed gateway, and clocks that differ. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { hasRedisServer } from '../sandbox/redis-server.js'

const timeout = 300_000

it.skipIf(!hasRedisServer())(
  'a short soak loses, doubles and mixes up no message and prints its figures',
  { timeout },
  async () => {
    const env = { ...process.env, SOAK_VISITORS: '40', SOAK_SECONDS: '10', SOAK_RATE: '40' }
    const soak = spawn('npm', ['run', '-s', 'soak'], { env, stdio: 'pipe' })
    let outputText = ''
    for (const output of [soak.stdout, soak.stderr])
      output.on('data', (data) => (outputText += data))
    const [code] = await once(soak, 'exit')
    expect(outputText).toContain('lost 0, doubled 0, foreign 0, internal 0')
    expect(outputText).toContain("lists refused by Salesforce's limit 0 of")
    expect(outputText).toContain('seconds ahead: 0, 300, 0, -300')
    expect(outputText).toContain('Redis restarted without its last second')
    expect(code, outputText).toBe(0)
    expect(Number(/acknowledged (\d+)/.exec(outputText)?.[1])).toBeGreaterThanOrEqual(40)
    expect(outputText).toMatch(/^send (calm|faulty) +\d+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m)
  },
)
