/** Tests the look for a message in Salesforce's list, over lists of any shape. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../lib/clock.js'
import type { Listing } from '../../lib/conversations/listing.js'
import { createReconciliation, type Search } from '../../lib/conversations/reconcile.js'
import type { Entry, PageRequest } from '../../lib/polling/entries.js'
import { propertyRuns } from '../support/property-runs.js'

const now = 1_800_000_000_000

/** Makes the entries of a list from their ages in milliseconds; each is named by its place. */
function entriesAged(ages: readonly number[]): Entry[] {
  return ages
    .toSorted((a, b) => a - b)
    .map((age, place) => ({ id: `entry ${place}`, at: now - age, message: null, change: null }))
}

type List = { entries: readonly Entry[]; pageSize: number; isInclusive: boolean }

/** Looks for an id in a list; counts the pages that are read for it. */
async function look({ entries, pageSize, isInclusive }: List, id: string, sinceMs: number) {
  let pages = 0
  async function list(request: PageRequest) {
    pages += 1
    const end = 'endTimestamp' in request ? request.endTimestamp : undefined
    const isListed = ({ at }: Entry) => end === undefined || at < end || (isInclusive && at === end)
    const page = entries.filter(isListed).slice(0, pageSize)
    expect(request.order).toBe('newestFirst')
    return { entries: page, full: page.length === pageSize, now }
  }
  const listing = { entriesOf: () => list } as unknown as Listing
  const clock = { ...createClock(), latest: () => now }
  const reconciliation = createReconciliation({ listing, clock, settleMs: 0 })
  const found = await reconciliation.look({ id } as Search, now - sinceMs, 'settle')
  return { found, pages }
}

it('a look finds a message exactly when it is listed, however entries crowd in a millisecond', async () => {
  const crowds = fc.array(fc.nat(5), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(crowds, fc.boolean(), async (sizes, isInclusive) => {
      const ages = sizes.flatMap((size, age) => Array.from({ length: size }, () => age))
      const list = { entries: entriesAged(ages), pageSize: 5, isInclusive }
      for (const { id } of list.entries) expect((await look(list, id, now)).found?.id).toBe(id)
      expect((await look(list, 'none of them', now)).found).toBeNull()
    }),
    { numRuns: propertyRuns(300) },
  )
})

describe('a look for a message that is not among entries of one a second', () => {
  const entries = entriesAged(Array.from({ length: 600 }, (_, index) => index * 1000))

  it.each([
    { sinceMs: 0, pages: 1, found: null },
    { sinceMs: 43_999, pages: 1, found: null },
    { sinceMs: 44_000, pages: 2, found: null },
    { sinceMs: 200_000, pages: 5, found: null },
    { sinceMs: 9_999_999, pages: 10, found: undefined },
  ])(
    'reads back to 5 s before the first attempt, ten pages at most: $sinceMs ms, $pages pages',
    async ({ sinceMs, pages, found }) => {
      const list = { entries, pageSize: 50, isInclusive: true }
      expect(await look(list, 'none of them', sinceMs)).toEqual({ found, pages })
    },
  )
})
