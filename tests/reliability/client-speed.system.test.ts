/** Runs a short `npm run bench -- --client`, which prints all of its figures. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { hasBrowser } from '../e2e/browser.js'

const timeout = 120_000

/** Lists the rows of the table and their units. */
const rows = [
  ['the element without a conversation, main thread', 'ms'],
  ['the element with 60 messages, until the newest is painted', 'ms'],
  ['the same, main thread until nothing is left to draw', 'ms'],
  ['the same, longest task', 'ms'],
  ['polls with a message, each on the main thread', 'ms'],
  ['the same, tasks above 50 ms', ''],
  ['the same, longest task', 'ms'],
  ['scrolling, frames at p95', 'ms'],
  ['scrolling, dropped frames', '%'],
  ['the key that sends, until the next paint', 'ms'],
  ['heap after the warm-up', 'MB'],
  ['heap after 220 polls, growth', '%'],
]

it.runIf(hasBrowser())(
  'a short benchmark of the element prints a number in each row',
  {
    timeout,
  },
  async () => {
    const size = ['--messages', '60', '--seconds', '2', '--polls', '220', '--rounds', '1']
    const options = ['run', '-s', 'bench', '--', '--client', ...size]
    const bench = spawn('npm', options, { stdio: 'pipe' })
    const [output, errors] = await Promise.all([
      text(bench.stdout),
      text(bench.stderr),
      once(bench, 'exit'),
    ])
    const cells = output.split('\n').map((line) => line.split(/ *\| */).slice(1, -1))
    const measured = cells.slice(2).filter(({ length }) => length === 3)
    const titled = measured.map(([title = '', value = '']) => [title, value.replace(/^\S+ ?/, '')])
    expect(titled, output + errors).toEqual(rows)
    for (const [title, value = ''] of measured) {
      expect(Number.parseFloat(value), `${title}: ${value}`).not.toBeNaN()
    }
  },
)
