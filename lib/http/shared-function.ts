/** Makes one function of several endpoints: Vercel's plans limit the number of functions. */
import type { endpoint } from './endpoint.js'
import { guidePrefix } from './guide-body.js'

type Endpoint = ReturnType<typeof endpoint>

/** Returns the path that Vercel gives the endpoint; a rewritten request keeps its own path. */
function endpointPath(path: string): string {
  return path.startsWith(guidePrefix) ? `/api/${path.slice(guidePrefix.length)}` : path
}

/**
 * Returns a function that answers each request by the endpoint of its path, and any other path by
 * `notFound`.
 * @param endpoints maps the paths that Vercel gives the endpoints; a public path of another form is
 * added from the endpoint's own documentation
 */
export function shareFunction(
  endpoints: ReadonlyMap<string, Endpoint>,
  notFound: Endpoint,
): Pick<Endpoint, 'fetch'> {
  const byPath = new Map(endpoints)
  for (const each of endpoints.values()) {
    for (const { docs } of each.methods) if (docs.path) byPath.set(docs.path, each)
  }
  return {
    fetch(request, connection) {
      const path = endpointPath(new URL(request.url).pathname)
      return (byPath.get(path) ?? notFound).fetch(request, connection)
    },
  }
}
