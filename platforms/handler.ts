import type { Connection } from '../lib/http/client-address.js'

/**
 * Answers a request; `connection` holds what the host knows of the caller. `Response.error()` tells
 * the host to cut the connection, where it has one.
 */
export type Handler = (request: Request, connection: Connection) => Promise<Response>

/** Endpoints by the paths that Vercel gives them, such as `/api/send`. */
export type Endpoints = ReadonlyMap<string, { fetch: Handler }>
