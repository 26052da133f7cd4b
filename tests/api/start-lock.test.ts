/**
 * Tests that a start takes the visitor's lock exactly where it needs it. The script that reads the
 * record takes it, so it must find the same conversation as the start does.
 */
import { randomUUID } from 'node:crypto'
import { expect, it, vi } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noLimits } from '../support/sending.js'
import { storedFields, writeFields } from '../support/stored-record.js'

const gateway = setupGateway({ env: noLimits })

const expired = { expiresAt: 1 }
const elsewhere = { deployment: '00DZZ0000000AbC/Other' }
/** States of a conversation: what differs from one that was just opened. */
const states: [name: string, members: object][] = [
  ['open', {}],
  ['open without end', { expiresAt: null }],
  ['open, expired', expired],
  ['open, of another deployment', elsewhere],
  ['starting', { status: 'starting' }],
  ['starting, expired', { status: 'starting', ...expired }],
  ['starting, of another deployment', { status: 'starting', ...elsewhere }],
  ['ended', { status: 'ended' }],
  ['lost', { status: 'lost' }],
]

/** Does work, and returns the commands by which it took the visitor's lock. */
async function locksTaken(visitorId: string, work: () => Promise<unknown>): Promise<string[]> {
  const key = `local:lock:{${visitorId}}:start`
  const { redisBackend } = gateway
  const { execute } = redisBackend
  const taken: string[] = []
  const spy = vi.spyOn(redisBackend, 'execute').mockImplementation(async (command) => {
    if (!command.includes(key)) return await execute(command)
    const before = await execute(['EXISTS', key])
    const reply = await execute(command)
    if (before === 0 && (await execute(['EXISTS', key])) === 1) taken.push(String(command[0]))
    return reply
  })
  await work()
  spy.mockRestore()
  return taken
}

/** Starts with a record of one conversation in a state, and maybe a newer one beside it. */
async function startWith(state: object, beside: string, resume: boolean, isNamed: boolean) {
  const { user, conversationId, start } = await startConversation()
  const fields = await storedFields(gateway, user.id)
  const stored = JSON.parse(fields.get(`c:${conversationId}`) ?? '')
  const other = randomUUID()
  const newer = { ...stored, id: other, status: beside, startedAt: stored.startedAt + 1 }
  await writeFields(gateway, user.id, {
    [`c:${conversationId}`]: JSON.stringify({ ...stored, ...state }),
    ...(beside !== 'nothing' && {
      [`c:${other}`]: JSON.stringify(newer),
      [`t:${other}`]: fields.get(`t:${conversationId}`) ?? '',
    }),
  })
  const calls = gateway.salesforceCalls().length
  const body = { resume, ...(isNamed && { conversationId }) }
  const locks = await locksTaken(user.id, () => start(body))
  return { locks, asksSalesforce: gateway.salesforceCalls().length > calls }
}

const beside = ['nothing', 'open', 'starting']
const requests = beside.flatMap((other) =>
  [true, false].flatMap((resume) => [true, false].map((isNamed) => ({ other, resume, isNamed }))),
)

it.each(requests)(
  'start takes the lock with the record if it asks Salesforce, else no lock: $other beside it, resume $resume, named $isNamed',
  async ({ other, resume, isNamed }) => {
    for (const [name, members] of states) {
      const { locks, asksSalesforce } = await startWith(members, other, resume, isNamed)
      expect.soft(locks, name).toEqual(asksSalesforce ? ['eval'] : [])
    }
  },
)
