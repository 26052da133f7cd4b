/** The client's plain types are the contract's. Checked by the compiler; nothing runs. */
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

/** Without intersections, so that equal shapes are equal types. */
type Flat<T> = T extends (infer Each)[]
  ? Flat<Each>[]
  : T extends object
    ? { [K in keyof T]: Flat<T[K]> }
    : T

it('reads messages and replies as the contract writes them', () => {
  expectTypeOf<Flat<client.Message>>().toEqualTypeOf<Flat<Message>>()
  expectTypeOf<Flat<wire.PollReply>>().toEqualTypeOf<Flat<replies.PollReply>>()
  expectTypeOf<wire.StartReply>().toEqualTypeOf<replies.StartReply>()
  expectTypeOf<wire.SendReply>().toEqualTypeOf<replies.SendReply>()
  expectTypeOf<wire.AuthReply>().toEqualTypeOf<replies.AuthReply>()
  expectTypeOf<client.ProblemCode>().toEqualTypeOf<ProblemCode>()
})

it('takes a problem for what the contract makes of it', () => {
  type Told = z.infer<typeof problem>
  expectTypeOf<Told['code']>().toExtend<client.ProblemMembers['code']>()
  expectTypeOf<keyof Omit<client.ProblemMembers, keyof Told>>().toBeNever()
})

it('asks for what the contract takes', () => {
  expectTypeOf<client.FormValue>().toEqualTypeOf<FormValue>()
  expectTypeOf<client.StartOptions>().toExtend<z.input<typeof requests.startRequest>>()
})
