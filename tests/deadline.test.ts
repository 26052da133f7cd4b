import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { expiringSignal, timerMs, withDeadline } from '../lib/deadline.js'

const never = () => new Promise<never>(() => {})

describe('withDeadline', () => {
  it('returns the result of work that is done in time, and leaves the controller alone', async () => {
    const connection = new AbortController()
    const work = async (signal: AbortSignal) => {
      expect(signal).toBe(connection.signal)
      return 'done'
    }
    expect(await withDeadline(20, work, connection)).toBe('done')
    await sleep(40)
    expect(connection.signal.aborted).toBe(false)
  })

  it('aborts its signal at the deadline, and rejects even if the work does not obey', async () => {
    let seen: AbortSignal | undefined
    const work = (signal: AbortSignal) => {
      seen = signal
      return never()
    }
    await expect(withDeadline(20, work)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(seen?.aborted).toBe(true)
  })

  it('rejects with the reason of a controller that is aborted before or meanwhile', async () => {
    const connection = new AbortController()
    const result = withDeadline(10_000, never, connection)
    connection.abort(new Error('The caller has gone'))
    await expect(result).rejects.toThrow('The caller has gone')
    await expect(withDeadline(10_000, never, connection)).rejects.toThrow('The caller has gone')
  })

  it('rejects with the failure of the work, and a failure after the deadline is dropped', async () => {
    const fail = async () => Promise.reject(new Error('broken'))
    await expect(withDeadline(10_000, fail)).rejects.toThrow('broken')
    const failLate = () => sleep(30).then(fail)
    await expect(withDeadline(10, failLate)).rejects.toMatchObject({ name: 'TimeoutError' })
    await sleep(40)
  })
})

it('expiringSignal is aborted with a TimeoutError', async () => {
  const signal = expiringSignal(10)
  expect(signal.aborted).toBe(false)
  await expect.poll(() => signal.reason?.name).toBe('TimeoutError')
})

describe('a delay as a timer can keep it', () => {
  it.each([
    [250, 250],
    [0.2, 1],
    [1000.5, 1001],
    [-5, 0],
    [Number.NaN, 0],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 2 ** 31 - 1],
    [30 * 24 * 3600 * 1000, 2 ** 31 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
  ])('%s is %s', (ms, expected) => {
    expect(timerMs(ms)).toBe(expected)
  })

  it('a deadline in 30 days does not end at once', async () => {
    const month = 30 * 24 * 3600 * 1000
    expect(await withDeadline(month, () => sleep(30, 'waited'))).toBe('waited')
    const signal = expiringSignal(month)
    await sleep(30)
    expect(signal.aborted).toBe(false)
  })
})
