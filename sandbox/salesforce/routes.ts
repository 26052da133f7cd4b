/**
 * Describes a method and a path with `{name}` parts, such as
 * `/conversation/{conversationId}/entries`.
 */
export type Route = { method: string; path: string }

/** Returns the first route that matches, so an exact path stands before one with a parameter. */
export function matchRoute<Known extends Route>(
  routes: readonly Known[],
  method: string,
  pathname: string,
): { route: Known; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === method && pattern(route.path).exec(pathname)
    if (match) return { route, params: { ...match.groups } }
  }
  return undefined
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}
