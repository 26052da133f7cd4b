import * as z from 'zod'
import { dana } from './actors.js'
import { faultSchema } from './faults.js'
import { inject, injectionSchema } from './injection.js'
import { badRequest, notFound, Refusal } from './refusal.js'
import { matchRoute, type Route } from './routes.js'
import { agentJoins, endSession, sceneNow } from './scenes.js'
import { stateAt } from './state.js'
import { patchSwitches, switchesPatchSchema } from './switches.js'
import { revokeTokens } from './tokens.js'
import { resetSwitches, resetWorld, type World } from './world.js'

type Act = (world: World, body: unknown, conversationId: string) => unknown

const injectionsSchema = z.strictObject({ entries: z.array(injectionSchema).min(1) })
const agentSchema = z.strictObject({ displayName: z.string().min(1).default(dana.displayName) })
const roleSchema = z.strictObject({ endedByRole: z.string().default('Agent') })

const inConversation = (path = '') => `/__sandbox/conversations/{conversationId}${path}`

/** What a person at the sandbox may ask of it; every verb answers JSON. */
const controls: (Route & { act: Act })[] = [
  { method: 'DELETE', path: '/__sandbox', act: resetWorld },
  { method: 'GET', path: '/__sandbox/switches', act: ({ switches }) => switches },
  {
    method: 'PATCH',
    path: '/__sandbox/switches',
    act: ({ switches }, body) => {
      patchSwitches(switches, read(switchesPatchSchema, body))
      return switches
    },
  },
  {
    method: 'DELETE',
    path: '/__sandbox/switches',
    act: (world) => {
      resetSwitches(world)
      return world.switches
    },
  },
  { method: 'GET', path: '/__sandbox/faults', act: ({ faults }) => faults },
  {
    method: 'POST',
    path: '/__sandbox/faults',
    act: ({ faults }, body) => {
      faults.push(read(faultSchema, body))
      return faults
    },
  },
  {
    method: 'DELETE',
    path: '/__sandbox/faults',
    act: ({ faults }) => {
      faults.length = 0
      return faults
    },
  },
  { method: 'DELETE', path: '/__sandbox/tokens', act: revokeTokens },
  { method: 'GET', path: '/__sandbox/exchanges', act: ({ exchanges }) => exchanges },
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
    path: inConversation('/session-ends'),
    act: (world, body, id) => {
      const { endedByRole } = read(roleSchema, body ?? {})
      endSession(sceneNow(world, find(world, id)), endedByRole)
    },
  },
]

/** The sandbox's own endpoints under `/__sandbox`: 200 with JSON, or 204; 400 says what is wrong. */
export async function handleControl(world: World, request: Request): Promise<Response> {
  try {
    const match = matchRoute(controls, request.method, new URL(request.url).pathname)
    if (!match) throw notFound('Control')
    const body = await bodyOf(request)
    const result = match.route.act(world, body, match.params.conversationId ?? '')
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result)
  } catch (error) {
    if (error instanceof Refusal) return error.toResponse()
    throw error
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    throw badRequest('The body is not JSON')
  }
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(body)
  if (error) throw badRequest(z.prettifyError(error))
  return data
}

function find(world: World, conversationId: string) {
  const conversation = world.conversations.get(conversationId)
  if (!conversation) throw notFound('Conversation')
  return conversation
}
