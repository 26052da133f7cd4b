import type { Endpoints, Handler } from '../../platforms/handler.js'
import { createSite } from '../../platforms/site.js'
import { guardSwitches, switchesPath } from './switches.js'

/** Holds the parts of the deployment: its endpoints, and the folder of its static files. */
export type Deployment = { endpoints: Endpoints; publicFiles: string }

/** Serves the deployment as other hosts do, with the sandbox's switches beside it. */
export function createApi(
  { endpoints, publicFiles }: Deployment,
  handleControl?: (request: Request) => Promise<Response>,
): Handler {
  const site = createSite(endpoints, publicFiles)
  if (!handleControl) return site
  const switches = guardSwitches(handleControl)
  return async (request, connection) => {
    const { pathname } = new URL(request.url)
    const isForSwitches = `${pathname}/`.startsWith(`${switchesPath}/`)
    return isForSwitches ? switches(request) : site(request, connection)
  }
}
