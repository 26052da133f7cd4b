import * as z from 'zod'
import { agentTypes, sendBurst, showProgress, streamNow } from '../actions.js'
import { streamedTextSchema } from '../bot/streaming.js'
import { stateAt } from '../conversation-state.js'
import { agentLeaves, responderVanishes, supervisorVisits, transfer } from '../handover.js'
import { inject, injectionSchema } from '../injection.js'
import { defaultAgent, transferAgent } from '../participants.js'
import { addSignals, agentJoins, endSession, stepNow } from '../script.js'
import { queuePositionEntry } from '../signals.js'
import { type Control, findConversation, parseBody } from './control.js'

const injectionsSchema = z.strictObject({ entries: z.array(injectionSchema).min(1) })
const agentSchema = z.strictObject({
  displayName: z.string().min(1).default(defaultAgent.displayName),
})
const nextAgentSchema = z.strictObject({
  displayName: z.string().min(1).default(transferAgent.displayName),
})
const roleSchema = z.strictObject({ endedByRole: z.string().default('Agent') })
const typingSchema = z.strictObject({ state: z.enum(['Started', 'Stopped']).default('Started') })
const progressSchema = z.strictObject({ text: z.string().min(1).max(255) })
const queuePositionSchema = z.strictObject({ position: z.int().min(0) })
const burstSchema = z.strictObject({ count: z.int().min(1).max(1_000).default(20) })

const inConversation = (path = '') => `/__sandbox/conversations/{conversationId}${path}`

/** Lists the controls of one conversation, mostly on behalf of its agents. */
export const conversationControls: Control[] = [
  {
    method: 'GET',
    path: '/__sandbox/conversations',
    handle: ({ conversations }) => [...conversations.keys()],
  },
  {
    method: 'GET',
    path: inConversation(),
    handle: (sandbox, _body, id) => {
      const conversation = findConversation(sandbox, id)
      return { ...conversation, state: stateAt(conversation, Date.now()) }
    },
  },
  {
    method: 'POST',
    path: inConversation('/entries'),
    handle: (sandbox, body, id) =>
      inject(sandbox, findConversation(sandbox, id), parseBody(injectionsSchema, body).entries),
  },
  {
    method: 'POST',
    path: inConversation('/agent-joins'),
    handle: (sandbox, body, id) => {
      const { displayName } = parseBody(agentSchema, body ?? {})
      agentJoins(stepNow(sandbox, findConversation(sandbox, id)), { ...defaultAgent, displayName })
    },
  },
  {
    method: 'POST',
    path: inConversation('/agent-leaves'),
    handle: (sandbox, _body, id) => agentLeaves(stepNow(sandbox, findConversation(sandbox, id))),
  },
  {
    method: 'POST',
    path: inConversation('/transfers'),
    handle: (sandbox, body, id) => {
      const { displayName } = parseBody(nextAgentSchema, body ?? {})
      transfer(stepNow(sandbox, findConversation(sandbox, id)), { ...transferAgent, displayName })
    },
  },
  {
    method: 'POST',
    path: inConversation('/session-ends'),
    handle: (sandbox, body, id) => {
      const { endedByRole } = parseBody(roleSchema, body ?? {})
      endSession(stepNow(sandbox, findConversation(sandbox, id)), endedByRole)
    },
  },
  {
    method: 'POST',
    path: inConversation('/typing'),
    handle: (sandbox, body, id) =>
      agentTypes(sandbox, findConversation(sandbox, id), parseBody(typingSchema, body ?? {}).state),
  },
  {
    method: 'POST',
    path: inConversation('/progress'),
    handle: (sandbox, body, id) =>
      showProgress(sandbox, findConversation(sandbox, id), parseBody(progressSchema, body).text),
  },
  {
    method: 'POST',
    path: inConversation('/queue-positions'),
    handle: (sandbox, body, id) => {
      const { position } = parseBody(queuePositionSchema, body)
      addSignals(stepNow(sandbox, findConversation(sandbox, id)), queuePositionEntry(position))
    },
  },
  {
    method: 'POST',
    path: inConversation('/streamed-texts'),
    handle: (sandbox, body, id) => ({
      messageId: streamNow(
        sandbox,
        findConversation(sandbox, id),
        parseBody(streamedTextSchema, body),
      ),
    }),
  },
  {
    method: 'POST',
    path: inConversation('/supervisor-visits'),
    handle: (sandbox, _body, id) =>
      supervisorVisits(stepNow(sandbox, findConversation(sandbox, id))),
  },
  {
    method: 'POST',
    path: inConversation('/removals'),
    handle: (sandbox, _body, id) =>
      responderVanishes(stepNow(sandbox, findConversation(sandbox, id))),
  },
  {
    method: 'POST',
    path: inConversation('/bursts'),
    handle: (sandbox, body, id) =>
      sendBurst(sandbox, findConversation(sandbox, id), parseBody(burstSchema, body ?? {}).count),
  },
]
