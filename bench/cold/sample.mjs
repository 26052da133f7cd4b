/**
 * Imports a built function in this new process, asks it once, and tells its parent how long each of
 * the two took. Arguments: the path of the handler, and the request as JSON.
 */
import { pathToFileURL } from 'node:url'

const [handler, call] = process.argv.slice(2)
const { url, ...init } = JSON.parse(call)

const startedAt = performance.now()
const { default: built } = await import(pathToFileURL(handler).href)
const importedAt = performance.now()
const response = await built.fetch(new Request(url, init))
await response.arrayBuffer()
const answeredAt = performance.now()

process.send({
  importMs: importedAt - startedAt,
  answerMs: answeredAt - importedAt,
  status: response.status,
})
