/** Defines what all operations share: headers, the bearer token, groups. */

const example = 'A3-9f8e7d6c'

export const tags = [
  { name: 'Visitors', description: 'Who is calling.' },
  { name: 'Conversations', description: 'Opening, talking, reading, ending.' },
  { name: 'Operations', description: 'For those who run the gateway.' },
]

export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `token` of `POST /api/auth`.',
  },
}

const requestId = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,128}$' }

export const parameters = {
  'X-Request-Id': {
    name: 'X-Request-Id',
    in: 'header',
    description: 'An id of your own for this call; it is kept in the answer and in the log.',
    schema: requestId,
    example,
  },
}

const text = { type: 'string' }

export const headers = {
  'X-Request-Id': {
    description: 'Your own id of the call, else one of ours.',
    schema: requestId,
    example,
  },
  'Server-Timing': {
    description: 'Milliseconds in all, and of Redis and Salesforce.',
    schema: text,
    example: 'total;dur=41.2, redis;dur=6.1, salesforce;dur=33.9',
  },
  'RateLimit-Policy': {
    description:
      'Each limit that applied: how many (`q`) in how many seconds (`w`). A name such as `auth/56` is the limit of the IPv6 network of that size around the caller.',
    schema: text,
    example: '"send";q=22;w=60',
  },
  RateLimit: {
    description:
      'Where each limit stands: what remains (`r`), and seconds until it is whole, or with `r=0` until the next call passes (`t`).',
    schema: text,
    example: '"send";r=21;t=58',
  },
  'Retry-After': {
    description: 'Whole seconds to wait before the next attempt, where they are known.',
    schema: { type: 'integer', minimum: 1 },
    example: 9,
  },
}
