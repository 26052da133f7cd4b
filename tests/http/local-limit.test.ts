import { afterEach, expect, it, vi } from 'vitest'
import { createLocalLimit } from '../../lib/http/local-limit.js'

afterEach(() => {
  vi.useRealTimers()
})

const callerOf = (key: string) => [{ key, suffix: '', times: 1 }]

it('a local limit forgets a caller after 10,000 others, which bounds its memory', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { check } = createLocalLimit('other', [1, '1 m'])
  check(callerOf('first'))
  expect(() => check(callerOf('first'))).toThrow('At most 1')
  for (let caller = 0; caller < 10_000; caller += 1) check(callerOf(`caller ${caller}`))
  expect(() => check(callerOf('first'))).not.toThrow()
})

it('a call that a local limit refuses for its own network is not counted on the larger ones', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { check } = createLocalLimit('other', [1, '1 m'])
  const groupsOf = (key: string) => [...callerOf(key), { key: 'large', suffix: '/56', times: 2 }]
  check(groupsOf('first'))
  for (let call = 0; call < 5; call += 1) expect(() => check(groupsOf('first'))).toThrow()
  expect(() => check(groupsOf('second'))).not.toThrow()
  expect(() => check(groupsOf('third'))).toThrow('At most 2 of "other/56"')
})
