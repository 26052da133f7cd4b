/** Decides how long a visitor's record is kept. */
import { isGuestId } from '../visitor-ids.js'

const dayMs = 24 * 3_600_000

type Options = {
  /** Holds the lifetime of a known visitor's record since its last use. */
  recordMs: number
  /** Holds the lifetime of a known visitor's refresh token. */
  refreshMs: number
  /** Holds the lifetime of a guest's access token. */
  accessTokenMs: number
  /** Sets the lifetime of the refresh token of a guest without an open conversation. */
  guestRefreshMs: number
}

/**
 * Returns the milliseconds for which a record must be kept from now on.
 * @param tokenMs milliseconds that a token which is issued now, or its Salesforce token, will live
 */
export type RecordLifetime = (visitorId: string, tokenMs?: number) => number

/**
 * Creates the lifetime of records. A guest's record outlives the guest's last token by a day: without
 * a token nobody can use it. A known visitor's lives longer than the refresh tokens that its
 * tombstones refuse.
 */
export function createRecordLifetime(options: Options): RecordLifetime {
  const { recordMs, refreshMs, accessTokenMs, guestRefreshMs } = options
  return (visitorId, tokenMs = 0) =>
    isGuestId(visitorId)
      ? Math.ceil(Math.max(accessTokenMs, guestRefreshMs, tokenMs)) + dayMs
      : Math.max(recordMs, refreshMs)
}
