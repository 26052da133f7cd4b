/** Checks the widget on a page whose framework has replaced built-in methods, as Prototype.js does. */
import { expect, it } from 'vitest'
import { readMarkdown } from '../../client/widget/content/markdown-blocks.js'
import { fitsPattern } from '../../client/widget/content/pattern.js'

/** Runs `work` while `Array.from` takes no function. */
function onPage<T>(work: () => T): T {
  const { from } = Array
  try {
    Array.from = ((list: ArrayLike<unknown>) => [...new Array(list.length)]) as typeof from
    return work()
  } finally {
    Array.from = from
  }
}

it('reads tables although Array.from takes no function', () => {
  const { blocks } = onPage(() => readMarkdown('| a | b |\n|---|---|\n| 1 |'))
  expect(blocks).toEqual([
    {
      kind: 'table',
      rows: [
        ['a', 'b'],
        ['1', ''],
      ],
    },
  ])
})

it('checks patterns although Array.from takes no function', () => {
  expect(onPage(() => fitsPattern('[0-9]{4}', '2026'))).toBe(true)
  expect(onPage(() => fitsPattern('[0-9]{4}', '26'))).toBe(false)
})
