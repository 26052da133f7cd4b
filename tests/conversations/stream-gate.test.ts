import { beforeEach, expect, it } from 'vitest'
import { createStreamGate } from '../../lib/conversations/stream-gate.js'

let clock = 0
beforeEach(() => {
  clock = 1_000_000
})
const now = () => clock

it('a stream may be opened while none has failed', () => {
  expect(createStreamGate({ now }).mayOpen('a')).toBe(true)
})

it('an opening that failed silences the streams of all conversations for a minute', () => {
  const gate = createStreamGate({ now })
  gate.openingFailed()
  clock += 59_999
  expect([gate.mayOpen('a'), gate.mayOpen('b')]).toEqual([false, false])
  clock += 1
  expect([gate.mayOpen('a'), gate.mayOpen('b')]).toEqual([true, true])
})

it('a stream that ended early silences those of its conversation for a minute', () => {
  const gate = createStreamGate({ now })
  gate.endedEarly('a')
  clock += 59_999
  expect([gate.mayOpen('a'), gate.mayOpen('b')]).toEqual([false, true])
  gate.endedEarly('b')
  clock += 1
  expect([gate.mayOpen('a'), gate.mayOpen('b')]).toEqual([true, false])
})

it('a stream that ends early again begins a new minute', () => {
  const gate = createStreamGate({ now })
  gate.endedEarly('a')
  clock += 30_000
  gate.endedEarly('a')
  clock += 30_000
  expect(gate.mayOpen('a')).toBe(false)
})

it('beyond a thousand conversations the one silenced first is forgotten', () => {
  const gate = createStreamGate({ now })
  for (let n = 0; n <= 1000; n++) gate.endedEarly(`c${n}`)
  expect([gate.mayOpen('c0'), gate.mayOpen('c1'), gate.mayOpen('c1000')]).toEqual([
    true,
    false,
    false,
  ])
})

it('two gates know nothing of each other', () => {
  createStreamGate({ now }).openingFailed()
  expect(createStreamGate({ now }).mayOpen('a')).toBe(true)
})
