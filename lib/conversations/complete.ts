/** Completes an answer with the titles that people in Salesforce see, read from what it answers. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Messaging, Reach, Saying } from '../salesforce/messaging.js'
import { fillIn, isIncomplete } from './fill-in.js'

/** Titles are a courtesy: most of the request's time is for saying the thing. */
const share = 1 / 4

export function createCompletion(messaging: Messaging) {
  /** What is lately listed; nothing when that fails or takes too long. */
  async function newest(reach: Reach) {
    const patience = sleep(remainingMs() * share, { entries: [] }, { ref: false })
    try {
      const page = messaging.list(reach, { order: 'newestFirst' })
      const { entries } = await Promise.race([page, patience])
      return entries.flatMap(({ message }) => message ?? [])
    } catch (error) {
      if (isProblem(error)) return []
      throw error
    }
  }

  /** The saying with its titles; costs one look at the list, and only where something is left out. */
  return async function complete(reach: Reach, saying: Saying): Promise<Saying> {
    return isIncomplete(saying) ? fillIn(saying, await newest(reach)) : saying
  }
}
