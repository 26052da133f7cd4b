import { availabilityReply } from '../lib/contract/replies.js'
import { noInput } from '../lib/contract/requests.js'
import { hours } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Says whether somebody is there to chat with; no token is needed. */
const availability = method({
  name: 'availability',
  method: 'GET',
  input: noInput,
  reply: availabilityReply,
  needs: hours('other'),
  act: ({ known, conversations }) => conversations.availability(known),
})

export default endpoint(availability)
