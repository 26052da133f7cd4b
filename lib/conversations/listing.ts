/**
 * Reads Salesforce's list of entries within the conversation's budget: every attempt takes a look
 * from the bucket, and Salesforce's 429 becomes a back-off for everybody.
 */
import { pause } from '../pauses.js'
import type { EntryPage, ListEntries, PageRequest } from '../polling/entries.js'
import { GatewayError, isProblem, problemAs } from '../problem.js'
import { noteForLog, remainingMs } from '../request.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import { retry } from '../salesforce/retry.js'
import type { ListBudget, ListKey } from '../store/list-budget.js'
import type { OwnedConversation } from './salesforce-tokens.js'

/**
 * Says what a read does when the bucket is empty: `stop` gives up, `wait` waits for its turn within
 * the request's time, `settle` borrows, and gives up when nothing can be borrowed.
 */
export type WhenEmpty = 'stop' | 'wait' | 'settle'

type Options = { messaging: Messaging; listBudget: ListBudget }

export type Listing = ReturnType<typeof createListing>

/** Names, for the log, why a poll was answered without a look. */
const backOffNote =
  'Salesforce answered 429 to a list of entries; the conversation is left alone for a while'

/** Sets the milliseconds that a look needs at least, so that waiting for a turn is worth it. */
const minLookMs = 250

/** Describes a conversation and its owner: looks are counted for both. */
type Reached = Pick<OwnedConversation, 'visitorId' | 'conversation'>

function listKeyOf({ visitorId, conversation }: Reached): ListKey {
  return { visitorId, conversationId: conversation.id }
}

/** Tells that the bucket, or Salesforce, does not allow a look now. */
function refusal(waitMs: number): GatewayError {
  return new GatewayError('rate_limited', {
    detail: 'Salesforce allows only so many looks into one conversation. Ask again later.',
    effect: 'none',
    retryAfterMs: Math.max(1, waitMs),
  })
}

export function createListing({ messaging, listBudget }: Options) {
  /**
   * Takes a look, and waits for it where the caller wants that.
   * @throws {GatewayError} rate_limited
   */
  async function takeTurn(key: ListKey, whenEmpty: WhenEmpty): Promise<void> {
    for (;;) {
      const { allowed, waitMs } = await listBudget.take(
        key,
        whenEmpty === 'settle' ? 'settle' : 'read',
      )
      if (allowed) return
      if (whenEmpty !== 'wait' || waitMs + minLookMs > remainingMs()) throw refusal(waitMs)
      await pause(waitMs)
    }
  }

  /**
   * Lists once. A 429 of Salesforce is kept as a back-off, and its wait becomes the problem's.
   * @throws {GatewayError} rate_limited, and any problem of Salesforce
   */
  async function look(key: ListKey, ref: ConversationRef, request: PageRequest, timeoutMs: number) {
    try {
      return await messaging.listConversationEntries(ref, request, timeoutMs)
    } catch (error) {
      if (!isProblem(error, 'rate_limited')) throw error
      const { isWaitStated, retryAfterMs = 0 } = error.details
      noteForLog(backOffNote)
      throw refusal(await listBudget.backOff(key, isWaitStated ? retryAfterMs : null))
    }
  }

  /**
   * Returns the list of one conversation. `isGranted`: the first look was taken already.
   * @throws {GatewayError} rate_limited when no look is allowed in time, by our bucket or by Salesforce
   */
  function entriesOf(
    owned: OwnedConversation,
    ref: ConversationRef,
    whenEmpty: WhenEmpty,
    isGranted = false,
  ): ListEntries {
    const key = listKeyOf(owned)
    let granted = isGranted
    async function attempt(request: PageRequest, timeoutMs: number): Promise<EntryPage> {
      for (;;) {
        if (!granted) await takeTurn(key, whenEmpty)
        granted = false
        try {
          return await look(key, ref, request, timeoutMs)
        } catch (error) {
          if (whenEmpty !== 'wait' || !isProblem(error, 'rate_limited')) throw error
        }
      }
    }
    return (request) => retry((timeoutMs) => attempt(request, timeoutMs))
  }

  return {
    entriesOf,
    /** Takes a look for a read that is about to come. */
    take: (reached: Reached) => listBudget.take(listKeyOf(reached)),
    /** Gives back a look that was not used; when the store fails, the bucket fills up by itself. */
    giveBack: (owned: OwnedConversation) =>
      listBudget.giveBack(listKeyOf(owned)).catch(problemAs(undefined)),
  }
}
