/** What was said and not sent yet, kept so that a reload does not lose it. Files cannot be kept. */
import type { ProblemMembers } from './problem.js'
import type { Drawer } from './storage.js'
import type { Said } from './wire.js'

export type Unsent = {
  id: string
  /** Where it was sent; empty when it was not tried at all. */
  conversationId: string
  /** This device's clock, epoch milliseconds. */
  at: number
  said: Said
  /** Why it was given up; absent while it is still tried. */
  failure?: ProblemMembers
}

/** Sent by itself after a reload; what waited longer is shown as failed, to be sent by hand. */
const resumedForMs = 10 * 60_000
/** As long as the gateway knows the ids of what was sent, so that nothing is sent twice. */
const keptForMs = 24 * 60 * 60_000
const mostKept = 20

const tooLate: ProblemMembers = { code: 'unsent', title: 'Not sent in time', retryable: true }

/** Puts in, or in the place of the one with its id. */
export function keep(drawer: Drawer<Unsent[]>, unsent: Unsent): Promise<unknown> {
  return drawer.change((kept) =>
    [...(kept ?? []).filter(({ id }) => id !== unsent.id), unsent].slice(-mostKept),
  )
}

export function drop(drawer: Drawer<Unsent[]>, ids: readonly string[]): Promise<unknown> {
  return drawer.change((kept) => {
    const left = (kept ?? []).filter(({ id }) => !ids.includes(id))
    return left.length > 0 ? left : null
  })
}

/** What a page before this one, or another tab, has not sent in this conversation. */
export async function restore(drawer: Drawer<Unsent[]>, conversationId: string): Promise<Unsent[]> {
  const all = (await drawer.read()) ?? []
  return all
    .filter((unsent) => Math.abs(Date.now() - unsent.at) < keptForMs)
    .map((unsent) => {
      const isHere = [conversationId, ''].includes(unsent.conversationId)
      const isDue = isHere && Math.abs(Date.now() - unsent.at) < resumedForMs
      return isDue ? unsent : { ...unsent, failure: unsent.failure ?? tooLate }
    })
}
