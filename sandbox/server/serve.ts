import type { Handler } from '../../platforms/handler.js'
import { serve as serveAt } from '../../platforms/serve.js'
import { DevError } from './environment.js'

/** Holds a listening server: its address without a slash at the end, and a way to stop it. */
export type RunningServer = { url: string; close(): Promise<void> }

/**
 * Serves a handler on 127.0.0.1; port 0 takes a free one.
 * @throws {DevError} when the port is taken
 */
export async function serve(handler: Handler, port = 0): Promise<RunningServer> {
  const server = await serveAt(handler, { host: '127.0.0.1', port }).catch((error: unknown) => {
    throw isPortTaken(error)
      ? new DevError(`Port ${port} is taken: set PORT to a free one.`)
      : error
  })
  return { url: server.url, close: () => server.close(0) }
}

const isPortTaken = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
