import type { Handler } from '../../platforms/handler.js'
import { createSite } from '../../platforms/site.js'
import { loadEndpoints } from './endpoints.js'
import { guardSwitches, switchesPath } from './switches.js'

/** Folders of the deployment's parts. */
export type Folders = { endpoints: string; publicFiles: string }

/** The deployment as other hosts serve it, and the sandbox's switches beside it. */
export async function createApi(
  folders: Folders,
  handleControl?: (request: Request) => Promise<Response>,
): Promise<Handler> {
  const site = createSite(await loadEndpoints(folders.endpoints), folders.publicFiles)
  if (!handleControl) return site
  const switches = guardSwitches(handleControl)
  return async (request, connection) => {
    const { pathname } = new URL(request.url)
    const isForSwitches = `${pathname}/`.startsWith(`${switchesPath}/`)
    return isForSwitches ? switches(request) : site(request, connection)
  }
}
