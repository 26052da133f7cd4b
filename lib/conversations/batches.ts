/** Bounds how many calls to Salesforce one request makes at the same time. */
const batchSize = 5

/** Does work for all items, for five at a time; returns the results in the items' order. */
export async function inBatches<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R> | R,
): Promise<R[]> {
  const results: R[] = []
  for (let index = 0; index < items.length; index += batchSize) {
    const batch = items.slice(index, index + batchSize)
    results.push(...(await Promise.all(batch.map(work))))
  }
  return results
}
