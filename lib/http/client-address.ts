/** Finds the caller's address, by a source that the caller cannot write. */
import { isIP } from 'node:net'
import type { ClientAddress } from '../config/fields.js'
import type { Services } from '../services.js'

/** The server's knowledge of the connection that a request came over. */
export type Connection = { remoteAddress?: string | undefined }

/** The first four groups: one customer has a whole /64. */
function network64(address: string): string {
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros =
    tail === undefined ? [] : Array(Math.max(0, 8 - left.length - right.length)).fill('0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

function normalise(text: string): string | null {
  const address = text.trim().replace(/^::ffff:(?=\d+\.)/i, '')
  const version = isIP(address)
  if (version === 0) return null
  return version === 4 ? address : `${network64(address.replace(/%.*$/, ''))}::/64`
}

function statedAddress(source: ClientAddress, headers: Headers, connection: Connection): string {
  if (source === 'vercel') return headers.get('x-real-ip') ?? ''
  if (source === 'socket' || source === 'lambda') return connection.remoteAddress ?? ''
  const hops = (headers.get('x-forwarded-for') ?? '').split(',')
  return hops.at(-source.trustedHops) ?? ''
}

/** The caller's address (IPv6 by /64); those without one share a counter. */
export function clientAddress(
  source: ClientAddress,
  headers: Headers,
  connection: Connection,
): string {
  return normalise(statedAddress(source, headers, connection)) ?? 'unknown'
}

/**
 * Returns the caller's address as counters know it: a keyed hash, because addresses themselves are
 * not stored.
 */
export function addressKey(
  { env, addressKeyOf }: Pick<Services, 'env' | 'addressKeyOf'>,
  headers: Headers,
  connection: Connection = {},
): string {
  return addressKeyOf(clientAddress(env.clientAddress, headers, connection))
}
