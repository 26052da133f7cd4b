import { EnvironmentError, trimValues } from '../lib/config/env.js'
import type { ListenAddress } from './serve.js'

/**
 * Returns the address to listen on: `HOST`, else every IPv4 address of this machine, and `PORT`,
 * else 3000. Pure.
 */
export function readListenAddress(
  source: Readonly<Record<string, string | undefined>>,
): ListenAddress {
  const { HOST: host = '0.0.0.0', PORT: port = '3000' } = trimValues(source)
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new EnvironmentError('PORT must be a whole number from 0 to 65535.')
  }
  return { host, port: Number(port) }
}
