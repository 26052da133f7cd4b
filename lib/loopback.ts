const hosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Tells whether a host name, as URLs write it, is one of this machine. Pure. */
export function isLoopback(hostname: string): boolean {
  return hosts.has(hostname)
}
