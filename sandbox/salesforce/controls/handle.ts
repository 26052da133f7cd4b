import { serveFile } from '../files.js'
import { badRequest, HttpError, notFound } from '../http-error.js'
import { matchRoute } from '../routes.js'
import type { SandboxState } from '../sandbox-state.js'
import { conversationControls } from './conversations.js'
import { orgControls } from './org.js'

/** Lists all controls of the sandbox; a new one joins either list. */
const controls = [...orgControls, ...conversationControls]

/**
 * Answers the sandbox's controls under `/__sandbox` with 200 and JSON, with 204, or with 400 and
 * the mistake; serves the files as well.
 */
export async function handleControl(sandbox: SandboxState, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const file = serveFile(sandbox, pathname)
  if (file) return file
  try {
    const match = matchRoute(controls, request.method, pathname)
    if (!match) throw notFound('Control')
    const body = await bodyOf(request)
    const result = match.route.handle(sandbox, body, match.params.conversationId ?? '')
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result)
  } catch (error) {
    if (error instanceof HttpError) return error.toResponse()
    throw error
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    throw badRequest('The body is not JSON')
  }
}
