/** Runs a short `npm run bench -- --delivery`, which loses no message and prints its figures. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const timeout = 300_000

it('a short benchmark of the delivery loses no message and prints its figures', {
  timeout,
}, async () => {
  const options = ['--delivery', '--visitors', '3', '--seconds', '20']
  const bench = spawn('npm', ['run', '-s', 'bench', '--', ...options], { stdio: 'pipe' })
  const [output, errors] = await Promise.all([
    text(bench.stdout),
    text(bench.stderr),
    once(bench, 'exit'),
  ])
  const lines = output.split('\n')
  for (const name of ['events', 'events, list up to 0.5 s behind', 'no events']) {
    const [delays = '', calls = ''] = lines.filter((line) => line.startsWith(`${name}  `))
    const [count, , , , lost, doubled] = delays.slice(name.length).trim().split(/ +/).map(Number)
    expect(count, output + errors).toBeGreaterThan(0)
    expect([lost, doubled]).toEqual([0, 0])
    const [lists, , , refused] = calls.slice(name.length).trim().split(/ +/).map(Number)
    expect(lists).toBeGreaterThan(0)
    expect(refused).toBe(0)
  }
})
