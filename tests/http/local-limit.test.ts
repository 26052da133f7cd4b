import { expect, it, vi } from 'vitest'
import { createLocalLimit } from '../../lib/http/local-limit.js'

it('does not grow with the number of callers', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { check } = createLocalLimit('other', [1, '1 m'])
  check('first')
  expect(() => check('first')).toThrow('At most 1')
  for (let caller = 0; caller < 10_000; caller += 1) check(`caller ${caller}`)
  expect(() => check('first')).not.toThrow()
  vi.useRealTimers()
})
