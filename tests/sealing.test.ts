import { describe, expect, it, vi } from 'vitest'
import { createSealer, deriveKeys, rememberOpened } from '../lib/sealing.js'

const keys = deriveKeys(['a-secret-of-at-least-thirty-two-bytes'], 'token')

/** Counts what a sealer opens that remembers so many texts. */
function createCountingSealer(max: number) {
  const { seal, open } = createSealer(keys)
  const counted = vi.fn(open)
  return { ...rememberOpened({ seal, open: counted }, max), counted }
}

describe('a sealer that remembers what it opened', () => {
  it('opens a text once', () => {
    const { seal, open, counted } = createCountingSealer(2)
    const sealed = seal(Buffer.from('secret'), 'a')
    expect([open(sealed, 'a'), open(sealed, 'a')].map(String)).toEqual(['secret', 'secret'])
    expect(counted).toHaveBeenCalledTimes(1)
  })

  it('opens it in no other context, and no other text in its place', () => {
    const { seal, open } = createCountingSealer(2)
    const sealed = seal(Buffer.from('secret'), 'token:a')
    expect(String(open(sealed, 'token:a'))).toBe('secret')
    expect(open(sealed, 'token:b')).toBeNull()
    expect(open(`a${sealed}`, 'token:')).toBeNull()
    expect(open(`${sealed}A`, 'token:a')).toBeNull()
    expect(open(`${sealed.slice(0, -1)}_`, 'token:a')).toBeNull()
  })

  it('remembers at most so many texts', () => {
    const { seal, open, counted } = createCountingSealer(2)
    const sealed = ['1', '2', '3'].map((text) => seal(Buffer.from(text), 'a'))
    for (const text of sealed) open(text, 'a')
    open(sealed[2] ?? '', 'a')
    expect(counted).toHaveBeenCalledTimes(3)
    open(sealed[0] ?? '', 'a')
    expect(counted).toHaveBeenCalledTimes(4)
  })

  it('does not remember that it could not open a text', () => {
    const { open, counted } = createCountingSealer(2)
    expect([open('none', 'a'), open('none', 'a')]).toEqual([null, null])
    expect(counted).toHaveBeenCalledTimes(2)
  })
})
