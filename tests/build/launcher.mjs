/**
 * Runs built functions as Vercel runs them, on whatever Node starts this file: plain JavaScript and
 * nothing but Node. Takes the handlers by their paths as JSON, tells its parent the port it listens
 * on, and ends with its parent. The header `x-endpoint` says which function a request is for.
 */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'

const origin = 'https://gateway.example'
const handlers = new Map(Object.entries(JSON.parse(process.argv[2])))

function requestOf(incoming) {
  const { 'x-endpoint': _, host: __, ...headers } = incoming.headers
  const hasBody = !['GET', 'HEAD'].includes(incoming.method)
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {}
  return new Request(new URL(incoming.url, origin), { method: incoming.method, headers, ...body })
}

/** Ends the process with what a function throws, as Vercel does. */
async function answer(incoming, outgoing) {
  const handler = handlers.get(incoming.headers['x-endpoint'])
  const { default: endpoint } = await import(pathToFileURL(handler).href)
  const response = await endpoint.fetch(requestOf(incoming))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (!response.body) return outgoing.end()
  await pipeline(Readable.fromWeb(response.body), outgoing)
}

const server = createServer(answer)
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.once('disconnect', () => process.exit(0))
