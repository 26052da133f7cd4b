/** Runs a short `npm run bench -- --abuse`, which plays every attack and prints its figures. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const timeout = 300_000

const attacks = [
  'starts from one IPv4 address',
  'starts from an IPv6 /56',
  'starts from an IPv6 /48',
  'a guest with the largest record',
  'calls that are refused',
  'bodies and queries that are invalid',
  'waits cut after 1.5 s',
]

it('a short benchmark of abuse prints the costs and the honest view of every attack', {
  timeout,
}, async () => {
  const options = ['--abuse', '--seconds', '2', '--conversations', '3']
  const bench = spawn('npm', ['run', '-s', 'bench', '--', ...options], { stdio: 'pipe' })
  const [output, errors] = await Promise.all([
    text(bench.stdout),
    text(bench.stderr),
    once(bench, 'exit'),
  ])
  const rowsOf = (name: string) =>
    output
      .split('\n')
      .filter((line) => line.startsWith(`| ${name} |`))
      .map((line) => line.split('|').map((cell) => cell.trim()))
  for (const name of attacks) {
    const [costs = [], honest = []] = rowsOf(name)
    const [, , calls, , ...figures] = costs
    expect(Number(calls), output + errors).toBeGreaterThan(0)
    expect(figures.slice(0, 6), name).toEqual(
      Array(6).fill(expect.stringMatching(/^\d+(\.\d)? \(\d+(\.\d)?\)$/)),
    )
    expect(honest[2], name).toMatch(/^\d+ of [1-9]\d*$/)
    expect(Number(honest[5]), name).not.toBeNaN()
  }
  const [[, , , polls, sends, failures] = []] = rowsOf('nothing')
  expect([polls, sends]).toEqual([expect.stringMatching(/^\d+ ms$/), expect.stringMatching(/ms$/)])
  expect(failures).toBe('0')
})
