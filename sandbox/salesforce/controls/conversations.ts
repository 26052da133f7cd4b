import * as z from 'zod'
import { dana, lee } from '../actors.js'
import { agentLeaves, transfer } from '../handover.js'
import { inject, injectionSchema } from '../injection.js'
import { agentJoins, endSession, sceneNow } from '../scenes.js'
import { stateAt } from '../state.js'
import { agentTypes, burstNow } from '../verbs.js'
import { type Control, find, read } from './control.js'

const injectionsSchema = z.strictObject({ entries: z.array(injectionSchema).min(1) })
const agentSchema = z.strictObject({ displayName: z.string().min(1).default(dana.displayName) })
const nextAgentSchema = z.strictObject({ displayName: z.string().min(1).default(lee.displayName) })
const roleSchema = z.strictObject({ endedByRole: z.string().default('Agent') })
const typingSchema = z.strictObject({ state: z.enum(['Started', 'Stopped']).default('Started') })
const burstSchema = z.strictObject({ count: z.int().min(1).max(1_000).default(20) })

const inConversation = (path = '') => `/__sandbox/conversations/{conversationId}${path}`

/** What can be done to one conversation, mostly in the part of its agents. */
export const conversationControls: Control[] = [
  {
    method: 'GET',
    path: '/__sandbox/conversations',
    act: ({ conversations }) => [...conversations.keys()],
  },
  {
    method: 'GET',
    path: inConversation(),
    act: (world, _body, id) => {
      const conversation = find(world, id)
      return { ...conversation, state: stateAt(conversation, Date.now()) }
    },
  },
  {
    method: 'POST',
    path: inConversation('/entries'),
    act: (world, body, id) => inject(world, find(world, id), read(injectionsSchema, body).entries),
  },
  {
    method: 'POST',
    path: inConversation('/agent-joins'),
    act: (world, body, id) => {
      const { displayName } = read(agentSchema, body ?? {})
      agentJoins(sceneNow(world, find(world, id)), { ...dana, displayName })
    },
  },
  {
    method: 'POST',
    path: inConversation('/agent-leaves'),
    act: (world, _body, id) => agentLeaves(sceneNow(world, find(world, id))),
  },
  {
    method: 'POST',
    path: inConversation('/transfers'),
    act: (world, body, id) => {
      const { displayName } = read(nextAgentSchema, body ?? {})
      transfer(sceneNow(world, find(world, id)), { ...lee, displayName })
    },
  },
  {
    method: 'POST',
    path: inConversation('/session-ends'),
    act: (world, body, id) => {
      const { endedByRole } = read(roleSchema, body ?? {})
      endSession(sceneNow(world, find(world, id)), endedByRole)
    },
  },
  {
    method: 'POST',
    path: inConversation('/typing'),
    act: (world, body, id) =>
      agentTypes(world, find(world, id), read(typingSchema, body ?? {}).state),
  },
  {
    method: 'POST',
    path: inConversation('/bursts'),
    act: (world, body, id) => burstNow(world, find(world, id), read(burstSchema, body ?? {}).count),
  },
]
