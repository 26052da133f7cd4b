import { expect, it } from 'vitest'
import { growingPauses } from '../lib/pauses.js'

it('pauses double up to the longest, each longer by up to a quarter', () => {
  const pauses = growingPauses(100, 1000)
  for (const least of [100, 200, 400, 800, 1000, 1000, 1000]) {
    const ms = pauses.next().value
    expect(ms).toBeGreaterThanOrEqual(least)
    expect(ms).toBeLessThan(least * 1.25)
  }
})
