/**
 * Messages and the messaging sessions they belong to. When a session is over, the next message opens a
 * new one with the start's attributes and language, or with the answers that were sent along
 * (`enhanced-chat-api.md §2.10`, `§3.6`).
 */
import type { Prechat } from '../contract/replies.js'
import { GatewayError, isProblem } from '../problem.js'
import type { Messaging, Opening, Reach, Said, Saying } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { Own } from './passes.js'
import { type Attributes, prechatErrors } from './prechat.js'

/** A message on its way; `answers`: to a pre-chat that is asked for each session, null when none came. */
export type Letter = { own: Own; reach: Reach; saying: Saying; answers: Attributes | null }

type Options = { messaging: Messaging; records: Records }

/** Without what is kept of a visitor no session is opened: the message certainly did not arrive. */
function nothingSent(error: unknown): never {
  throw isProblem(error)
    ? new GatewayError(error.code, { ...error.details, effect: 'none' })
    : error
}

/** Nothing was sent yet: the same message can be repeated with the answers. */
function askForm(prechat: Prechat | null): GatewayError {
  return new GatewayError('prechat_required', { effect: 'none', extra: { prechat } })
}

export function createSessions({ messaging, records }: Options) {
  /** What the new session is opened with; throws when the deployment's form wants more. */
  async function openingFor({ own, answers }: Letter): Promise<[Opening, Prechat | null]> {
    const { routingAttributes: stored, language } = own.conversation
    const { offer, attributes } = await records.factsOf(own.visitorId).catch(nothingSent)
    const form = offer?.prechat?.per === 'session' ? offer.prechat : null
    const routingAttributes = { ...stored, ...answers, ...attributes }
    const errors = form ? prechatErrors(form, routingAttributes) : []
    if (errors.length > 0 && answers) {
      throw new GatewayError('invalid_request', { effect: 'none', errors })
    }
    if (errors.length > 0) throw askForm(form)
    return [{ routingAttributes, language }, form]
  }

  async function sayFirst(letter: Letter): Promise<Said> {
    const { own, reach, saying } = letter
    const [opening, form] = await openingFor(letter)
    try {
      const said = await messaging.say(reach, saying, opening)
      const conversation = { ...own.conversation, isSessionOver: false }
      if (own.conversation.isSessionOver) {
        await records.replace(own.visitorId, own.conversation, conversation).catch(() => undefined)
      }
      return said
    } catch (error) {
      throw isProblem(error, 'prechat_required') ? askForm(form) : error
    }
  }

  return {
    /**
     * Says a thing once. Throws `prechat_required` with the form when
     * a session cannot be opened with what is known.
     */
    async say(letter: Letter): Promise<Said> {
      if (letter.own.conversation.isSessionOver) return await sayFirst(letter)
      try {
        return await messaging.say(letter.reach, letter.saying, null)
      } catch (error) {
        if (!isProblem(error, 'prechat_required')) throw error
        return await sayFirst(letter)
      }
    },
  }
}
