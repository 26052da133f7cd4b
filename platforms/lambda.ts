/**
 * The endpoints as one AWS Lambda function, behind a function URL, an HTTP API (payload 2.0 or 1.0) or a REST
 * API. Events become requests and answers become results in Hono's adapter; the pages of `public/`
 * are not served here.
 */
import { Hono } from 'hono'
import { handle, type LambdaEvent } from 'hono/aws-lambda'
import notFound from '../api/not-found.js'
import { endpoints } from './endpoints.js'
import { callerAddress, normaliseEvent } from './lambda-event.js'
import { endpointAt } from './site.js'

const app = new Hono<{ Bindings: { event: unknown } }>()
app.all('*', (c) => {
  const endpoint = endpointAt(new URL(c.req.url).pathname, endpoints) ?? notFound.fetch
  return endpoint(c.req.raw, { remoteAddress: callerAddress(c.env.event) })
})

const adapter = handle(app)

/** Answers one HTTP event; what is none of them fails the invocation. */
export const handler = (event: LambdaEvent) => adapter(normaliseEvent(event))
