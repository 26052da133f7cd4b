/** Finds the caller's address, by a source that the caller cannot write. */
import { isIP } from 'node:net'
import type { ClientAddress } from '../config/fields.js'
import type { CallerAddress } from '../limits.js'
import { noteForLog } from '../request.js'
import type { Services } from '../services.js'

/** Describes the server's knowledge of the connection that a request came over. */
export type Connection = {
  remoteAddress?: string | undefined
  /**
   * Is aborted when the caller hangs up or the server stops. Beside the request, because on Node a
   * `Request` loses the signal it was made with after a garbage collection.
   */
  signal?: AbortSignal | undefined
  /** Is aborted when the caller hangs up; by default `signal`. */
  gone?: AbortSignal | undefined
  /** Keeps the process alive for work that the answer does not wait for, where it would be frozen. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** Returns an address without the quotes, brackets, port and zone that proxies write (RFC 7239 §6). */
function bareAddress(text: string): string {
  const unquoted = text.trim().replaceAll('"', '')
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(unquoted) ?? []
  const [, withPort] = /^([\d.]+):\d{1,5}$/.exec(unquoted) ?? []
  return (bracketed ?? withPort ?? unquoted).split('%')[0] ?? ''
}

/** Returns the eight groups of an IPv6 address, as numbers. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [left = [], right = []] = canonical
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16))
}

/**
 * Lists prefixes of IPv4 in IPv6: mapped addresses (RFC 4291 §2.5.5.2), and those behind NAT64 (RFC
 * 6052).
 */
const embeddingPrefixes = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0']

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

/**
 * Lists the groups of addresses that IPv6 is counted by, and the limits of one address that each
 * has.
 */
const ipv6Groups = [
  { prefixLength: 64, suffix: '', times: 1 },
  { prefixLength: 56, suffix: '/56', times: 2 },
  { prefixLength: 48, suffix: '/48', times: 4 },
] as const

/** Returns the network of so many bits that an IPv6 address lies in, as text. */
function networkOf(groups: readonly number[], prefixLength: number): string {
  const kept = groups.map((group, index) => {
    const bits = Math.min(16, Math.max(0, prefixLength - 16 * index))
    return group & (0xffff << (16 - bits)) & 0xffff
  })
  return `${hex(kept.slice(0, 4))}::/${prefixLength}`
}

/** Returns an IPv4 address, or the eight groups of an IPv6 address; null for no address. */
function parseAddress(text: string): string | readonly number[] | null {
  const address = bareAddress(text)
  const version = isIP(address)
  if (version === 0) return null
  if (version === 4) return address
  const groups = groupsOf(address)
  if (!embeddingPrefixes.includes(hex(groups.slice(0, 6)))) return groups
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}

function statedAddress(source: ClientAddress, headers: Headers, connection: Connection): string {
  if (source === 'vercel') return headers.get('x-real-ip') ?? ''
  if (source === 'socket' || source === 'lambda') return connection.remoteAddress ?? ''
  const hops = (headers.get('x-forwarded-for') ?? '').split(',')
  return hops.at(-source.trustedHops) ?? ''
}

/** Holds the services that have noted once that addresses cannot be read. */
const noted = new WeakSet<object>()

const unreadableNote =
  'The address of a caller cannot be read, and all such callers share a counter: check CLIENT_ADDRESS'

function noteUnreadable(services: object): void {
  if (noted.has(services)) return
  noted.add(services)
  noteForLog(unreadableNote)
}

/**
 * Returns the caller's address as counters know it: keyed hashes, because addresses themselves are
 * not stored. Callers without a readable address share a counter, and the log says so once.
 */
export function callerAddress(
  services: Pick<Services, 'env' | 'addressKeyOf'>,
  headers: Headers,
  connection: Connection = {},
): CallerAddress {
  const { env, addressKeyOf } = services
  const address = parseAddress(statedAddress(env.clientAddress, headers, connection))
  if (address === null) noteUnreadable(services)
  if (address === null || typeof address === 'string') {
    const key = addressKeyOf(address ?? 'unknown')
    return { groups: [{ suffix: '', key, times: 1 }], network: null }
  }
  const groups = ipv6Groups.map(({ prefixLength, ...group }) => {
    return { ...group, key: addressKeyOf(networkOf(address, prefixLength)) }
  })
  return { groups, network: groups.at(-1)?.key ?? null }
}
