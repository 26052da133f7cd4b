/**
 * Serves the endpoints as one AWS Lambda function, behind a function URL, an HTTP API (payload 2.0
 * or 1.0) or a REST API. Events become requests and answers become results in Hono's adapter; the
 * pages of `public/` are not served here. AWS does not tell that a caller has gone away, so a poll
 * waits to its end. Results are whole: a body that breaks off becomes the problem that its cut
 * means.
 */
import { Hono } from 'hono'
import { handle, type LambdaEvent } from 'hono/aws-lambda'
import { type GatewayError, isProblem, problemResponse } from '../lib/problem.js'
import { endpoints, notFound } from './endpoints.js'
import { callerAddress, normaliseEvent } from './lambda-event.js'
import { endpointAt } from './site.js'

const app = new Hono<{ Bindings: { event: unknown } }>()
app.all('*', async (c) => {
  const endpoint = endpointAt(new URL(c.req.url).pathname, endpoints) ?? notFound.fetch
  const unfinished: Promise<unknown>[] = []
  const response = await endpoint(c.req.raw, {
    remoteAddress: callerAddress(c.env.event),
    waitUntil: (work) => unfinished.push(work),
  })
  const whole = await readWhole(response)
  // AWS freezes the process with its answer.
  await Promise.all(unfinished)
  return whole
})

/** Reads a body to its end, which is where its failure shows. */
async function readWhole(response: Response): Promise<Response> {
  if (!response.body) return response
  try {
    return new Response(await response.arrayBuffer(), response)
  } catch (error) {
    if (!isProblem(error)) throw error
    return inPlaceOf(response, error)
  }
}

/** Makes the problem that replaces a response, with the headers that every response has. */
function inPlaceOf({ headers: given }: Response, error: GatewayError): Response {
  const { status, body } = problemResponse(error, given.get('x-request-id') ?? '')
  const headers = new Headers(given)
  for (const name of ['Content-Disposition', 'Content-Length']) headers.delete(name)
  headers.set('Content-Type', 'application/problem+json')
  headers.set('Cache-Control', 'no-store')
  return new Response(body, { status, headers })
}

const adapter = handle(app)

/** Answers one HTTP event; what is none of them fails the invocation. */
export const handler = (event: LambdaEvent) => adapter(normaliseEvent(event))
