/** Compares the client's plain types with the contract's. The compiler checks it; nothing runs. */
import { expectTypeOf, it } from 'vitest'
import type * as z from 'zod'
import type * as wire from '../../client/core/api-types.js'
import type * as client from '../../client/core/index.js'
import type { FormValue } from '../../lib/contract/form-values.js'
import type { Message } from '../../lib/contract/messages.js'
import type { problem } from '../../lib/contract/problems.js'
import type * as replies from '../../lib/contract/replies.js'
import type * as requests from '../../lib/contract/requests.js'
import type { ProblemCode } from '../../lib/problem.js'

/** Flattens intersections, so that equal shapes are equal types. */
type Flat<T> = T extends (infer Each)[]
  ? Flat<Each>[]
  : T extends object
    ? { [K in keyof T]: Flat<T[K]> }
    : T

it('the types of messages and replies equal those of the contract', () => {
  expectTypeOf<Flat<client.Message>>().toEqualTypeOf<Flat<Message>>()
  expectTypeOf<Flat<wire.PollReply>>().toEqualTypeOf<Flat<replies.PollReply>>()
  expectTypeOf<wire.StartReply>().toEqualTypeOf<replies.StartReply>()
  expectTypeOf<wire.Availability>().toEqualTypeOf<replies.AvailabilityReply>()
  expectTypeOf<wire.SendReply>().toEqualTypeOf<replies.SendReply>()
  expectTypeOf<wire.AuthReply>().toEqualTypeOf<replies.AuthReply>()
  expectTypeOf<client.ProblemCode>().toEqualTypeOf<ProblemCode>()
})

it('the type of a problem equals that of the contract', () => {
  type Problem = z.infer<typeof problem>
  expectTypeOf<Problem['code']>().toExtend<client.ProblemMembers['code']>()
  expectTypeOf<keyof Omit<client.ProblemMembers, keyof Problem>>().toBeNever()
})

it('form values and start options fit the requests of the contract', () => {
  expectTypeOf<client.FormValue>().toEqualTypeOf<FormValue>()
  expectTypeOf<client.StartOptions>().toExtend<z.input<typeof requests.startRequest>>()
})
