import { availabilityReply } from '../lib/contract/replies.js'
import { noInput } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { allowAnyoneWithHours } from '../lib/http/guards.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Tells if the chat is open; no token is needed. */
const availability = method({
  name: 'availability',
  method: 'GET',
  input: noInput,
  reply: availabilityReply,
  isReadOnly: true,
  publicCache: 'public, s-maxage=30, stale-while-revalidate=300',
  guard: allowAnyoneWithHours('other'),
  docs: {
    operationId: 'availability',
    tag: 'Operations',
    summary: 'Says whether somebody is there to chat with',
    description:
      'From the business hours of the deployment; known for 60 seconds. For pages of every origin; shared caches may keep it for 30 seconds.',
    responses: { 200: 'Open or closed, and until when as far as that is known.' },
    problems: upstreamProblems,
  },
  act: ({ known, conversations }) => conversations.availability(known),
})

export default endpoint(availability)
