import type { Connection } from '../lib/http/client-address.js'

/**
 * Answers a request; `connection` is what the host knows of the caller. `Response.error()` means: cut
 * the connection, where the host has one.
 */
export type Handler = (request: Request, connection: Connection) => Promise<Response>

/** Handlers by the paths that Vercel gives them, such as `/api/send`. */
export type Endpoints = ReadonlyMap<string, Handler>
