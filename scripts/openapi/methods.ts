/** Lists the methods of every endpoint. */
import type { Method } from '../../lib/http/endpoint.js'
import { endpoints } from '../../platforms/endpoints.js'

/** Describes one method of one endpoint; `path` is that of its file. */
export type EndpointMethod = { path: string; method: Method }

export const endpointMethods: readonly EndpointMethod[] = [...endpoints].flatMap(
  ([path, { methods }]) => methods.map((method) => ({ path, method })),
)
