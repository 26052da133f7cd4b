import type { ProblemMembers } from '../../core/index.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'

type Reason = keyof Texts['problems']

/** Codes that mean the same to a visitor as another, or that are called by what they mean. */
const reasons: Partial<Record<ProblemMembers['code'], Reason>> = {
  conversation_not_found: 'conversation_lost',
  refresh_rejected: 'conversation_lost',
  origin_not_allowed: 'not_allowed',
  anonymous_disabled: 'members_only',
  identity_rejected: 'sign_in',
  unauthenticated: 'sign_in',
  internal: 'unavailable',
  upstream_rejected: 'unavailable',
  upstream_unavailable: 'unavailable',
  upstream_timeout: 'unavailable',
  store_unavailable: 'unavailable',
}

function isReason(name: string, { problems }: Texts): name is Reason {
  return Object.hasOwn(problems, name)
}

/** Returns a sentence for the visitor about why something did not work. */
export function reasonOf({ code, retryAfterMs = 0 }: ProblemMembers, texts: Texts): string {
  const seconds = Math.ceil(retryAfterMs / 1000)
  if (seconds) return formatText(texts.tryLater, { seconds })
  const reason = reasons[code] ?? code
  return texts.problems[isReason(reason, texts) ? reason : 'other']
}

const notRetryable = ['invalid_request', 'payload_too_large', 'unsupported_media_type', 'id_reused']

/** Tells whether the same message may succeed another time. */
export const mayRetry = (problem: ProblemMembers | undefined): boolean =>
  !problem || !notRetryable.includes(problem.code)
