import { isLoopback } from '../../lib/loopback.js'

/** Is the path of the sandbox's switches, on the API's own port. */
export const switchesPath = '/__sandbox'

/**
 * Returns true for a request that may reach the switches: it is addressed to a loopback name (a
 * foreign name that leads here is refused), and no page of another origin sent it.
 */
export function mayUseSwitches(request: Request): boolean {
  const { host, hostname, pathname, origin } = new URL(request.url)
  const isControlPath = pathname === switchesPath || pathname.startsWith(`${switchesPath}/`)
  const hostHeader = request.headers.get('host') ?? host
  const originHeader = request.headers.get('origin') ?? origin
  const site = request.headers.get('sec-fetch-site') ?? 'none'
  return (
    isControlPath &&
    isLoopback(hostname) &&
    hostHeader === host &&
    originHeader === origin &&
    ['none', 'same-origin'].includes(site)
  )
}

/** Serves the switches under `/__sandbox`; answers 403 to requests that may not reach them. */
export function guardSwitches(handleControl: (request: Request) => Promise<Response>) {
  return async (request: Request): Promise<Response> => {
    if (mayUseSwitches(request)) return handleControl(request)
    return Response.json(
      { error: 'Only from this machine, and from its own page.' },
      { status: 403 },
    )
  }
}
