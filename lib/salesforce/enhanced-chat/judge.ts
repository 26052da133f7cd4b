/** What Enhanced Chat's answers mean (`enhanced-chat-api.md §2`). Pure. */
import { decodeJwt } from 'jose'
import { JOSEError } from 'jose/errors'
import type { EntryPage } from '../../polling/entries.js'
import { GatewayError } from '../../problem.js'
import { type Answer, expectSuccess, nonsense, readAs, readJson, refusal } from '../http.js'
import type { Pass, Routing, Said, Saying } from '../messaging.js'
import { toEntry } from './entries.js'
import { toOffer } from './offer.js'
import * as schemas from './schemas.js'
import type { Signer } from './signer.js'

/** Salesforce lists at most this many entries at once (`§2.9`). */
export const pageSize = 50

/** When a token ends, from its own claims; Salesforce does not say it elsewhere (`§1.5`). */
function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token)
    if (exp !== undefined) return exp * 1000
  } catch (error) {
    if (!(error instanceof JOSEError)) throw error
  }
  throw nonsense()
}

/** The entries of a page; an entry without id or time is passed over. */
export function judgePage(answer: Answer): EntryPage {
  if (answer.status !== 200) throw refusal(answer)
  const listed = readAs(schemas.listAnswer, answer).conversationEntries
  const entries = listed.flatMap((entry) => toEntry(entry) ?? [])
  return { entries, full: listed.length >= pageSize, now: answer.now }
}

/** What an operator should check when Salesforce does not believe our signature. */
const chain =
  'Salesforce did not accept our identity token: check user verification on the channel, the key set linked to it, ' +
  'SALESFORCE_KEY_ISSUER, SALESFORCE_KEY_ID, the certificate, and that /.well-known/jwks.json can be reached'

/**
 * Salesforce may answer a broken chain of trust with a guest instead of an error (`§1.5`), so the
 * subject is looked at.
 */
export function judgePass(answer: Answer, signer: Signer | null): Pass {
  const note = signer ? { note: chain } : {}
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  if (answer.status !== 200) throw refusal(answer)
  const { accessToken: token, context } = readAs(schemas.tokenAnswer, answer)
  if (signer && !context.endUser.subject.includes('/AUTH/')) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  const offer = toOffer(context.configuration?.embeddedServiceConfig)
  return { token, expiresAt: expiryOf(token), offer }
}

/** 413 and 415 are answers to files (`§2.11`). */
export function judgeSaid(answer: Answer, { id, messageType }: Saying): Said {
  const isFile = messageType === 'AttachmentMessage'
  if (isFile && answer.status === 413) {
    throw new GatewayError('payload_too_large', { effect: 'none' })
  }
  if (isFile && answer.status === 415) {
    throw new GatewayError('unsupported_media_type', { effect: 'none' })
  }
  if (answer.status === 417) throw new GatewayError('prechat_required', { effect: 'none' })
  expectSuccess(answer)
  const sent = readAs(schemas.sentAnswer, answer).conversationEntries
  const entry = sent.find((each) => each.id === id)
  if (!entry) throw nonsense()
  return { at: entry.clientTimestamp ?? answer.now, listedAs: id }
}

/** `ROUTED` does not tell whether a bot or a person is in charge. */
export function judgeRouting(answer: Answer): Routing {
  if (answer.status !== 200) throw refusal(answer)
  const status = schemas.routingAnswer.safeParse(readJson(answer)).data?.routingStatus
  if (status === 'NEEDS_ROUTING') return 'none'
  return status === 'INITIAL' || status === 'TRANSFER' ? 'queue' : 'unknown'
}
