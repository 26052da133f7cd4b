import { expect, it } from 'vitest'
import { createBoundedCache } from '../lib/bounded-cache.js'

it('a bounded cache keeps at most so many values: the one unused for the longest time goes', () => {
  const cache = createBoundedCache<string>(2)
  cache.set('a', '1')
  cache.set('b', '2')
  expect(cache.get('a')).toBe('1')
  cache.set('c', '3')
  expect(['a', 'b', 'c'].map(cache.get)).toEqual(['1', undefined, '3'])
})

it('a bounded cache replaces a value without making room for it', () => {
  const cache = createBoundedCache<string>(2)
  cache.set('a', '1')
  cache.set('b', '2')
  cache.set('b', '3')
  expect(['a', 'b'].map(cache.get)).toEqual(['1', '3'])
})

it('a bounded cache forgets what is deleted', () => {
  const cache = createBoundedCache<string>(2)
  cache.set('a', '1')
  cache.delete('a')
  expect(cache.get('a')).toBeUndefined()
})
