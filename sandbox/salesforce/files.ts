import type { StoredFile } from './sample-files.js'
import { sampleFiles } from './sample-files.js'
import { newRecordId, type SandboxState } from './sandbox-state.js'

/**
 * Paths under which the sandbox serves files; its own, because the real one is not evidenced. The
 * second is among the controls, for a page that may show pictures of its own origin only.
 */
const filesPath = '/sandbox-files'
const controlFilesPath = '/__sandbox/files'

/** The address of the files: where they were published, or as the last caller would reach them. */
export const filesUrl = ({ publishedFilesUrl, origin }: SandboxState) =>
  publishedFilesUrl ?? `${origin}${filesPath}`

/** Sets the origin of file URLs from now on: the origin of the controls. */
export function publishFiles(sandbox: SandboxState, origin: string): void {
  sandbox.publishedFilesUrl = `${origin}${controlFilesPath}`
}

/** Stores a file under a record id, and returns its id and URL. */
export function storeFile(sandbox: SandboxState, file: StoredFile): { id: string; url: string } {
  const id = newRecordId(sandbox, '069')
  sandbox.files.set(id, file)
  return { id, url: `${filesUrl(sandbox)}/${id}/${encodeURIComponent(file.name)}` }
}

/** The file of a path, a sample or one that was sent; undefined for a path that is none. */
export function serveFile(sandbox: SandboxState, pathname: string): Response | undefined {
  const folder = [filesPath, controlFilesPath].find((path) => pathname.startsWith(`${path}/`))
  const [id, name] = folder ? pathname.slice(folder.length + 1).split('/') : []
  if (!id || !name) return undefined
  const file = id === 'sample' ? sampleFiles()[name] : sandbox.files.get(id)
  if (!file) return Response.json({ message: 'File not found' }, { status: 404 })
  return new Response(file.bytes, {
    headers: { 'content-type': file.mimeType, 'x-content-type-options': 'nosniff' },
  })
}
