import { availabilityReply } from '../lib/contract/replies.js'
import { noInput } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { allowAnyoneWithHours } from '../lib/http/guards.js'

/** Says whether somebody is there to chat with; no token is needed. */
const availability = method({
  name: 'availability',
  method: 'GET',
  input: noInput,
  reply: availabilityReply,
  guard: allowAnyoneWithHours('other'),
  act: ({ known, conversations }) => conversations.availability(known),
})

export default endpoint(availability)
