import { type StoredFile, sampleFiles } from './sample-files.js'
import { newRecordId, type SandboxState } from './sandbox-state.js'

/**
 * Are the sandbox's own paths for files, because the real path is not evidenced. The second is
 * among the controls, for a page that may show pictures of its own origin only.
 */
const filesPath = '/sandbox-files'
const controlFilesPath = '/__sandbox/files'

/**
 * Returns the address of the files: the published one, or the one that the last caller can reach.
 */
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

/** Serves the file of a path, a sample or one that was sent; returns undefined for another path. */
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
