/**
 * Counts what each call costs at Redis: the HTTP requests that it waits for, one after the other, and
 * the commands in them. Nobody else wants the same lock, and the process knows Redis' time already.
 */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { attachments, startUploadConversation } from '../support/uploads.js'

const gateway = setupGateway({ salesforce: { attachments } })

type Call = () => Promise<TestResponse>
type Cost = { status: number; requests: number; commands: number }

/** Measures a call; what it does after its answer counts as well. */
async function costOf(call: Call): Promise<Cost> {
  const before = { ...gateway.redis.counts }
  const { status } = await call()
  await new Promise((resolve) => setImmediate(resolve))
  const { requests, commands } = gateway.redis.counts
  return { status, requests: requests - before.requests, commands: commands - before.commands }
}

/** Maps a call to its preparation and to what it costs. */
const calls: Readonly<Record<string, [prepare: () => Promise<Call>, cost: Cost]>> = {
  'a poll': [
    async () => {
      const { poll } = await startConversation()
      const { cursor } = (await poll()).body
      return () => poll({ cursor })
    },
    { status: 200, requests: 1, commands: 2 },
  ],
  'a message': [
    async () => {
      const { send } = await startConversation()
      await send('The first one teaches Redis the script')
      return () => send('Hello')
    },
    { status: 202, requests: 2, commands: 3 },
  ],
  'a start of a new conversation': [
    async () => {
      const { token } = await signInAsGuest()
      return () => request(start, { token, body: {} })
    },
    { status: 201, requests: 4, commands: 9 },
  ],
  'a start under an id that the caller proposes': [
    async () => {
      const { token } = await signInAsGuest()
      return () => request(start, { token, body: { conversationId: randomUUID() } })
    },
    { status: 201, requests: 4, commands: 9 },
  ],
  'a start that returns the open conversation': [
    async () => {
      const visitor = await startConversation()
      return () => visitor.start()
    },
    { status: 200, requests: 1, commands: 2 },
  ],
  'a sign-in of a new guest': [
    async () => () => request(auth, { body: {} }),
    { status: 200, requests: 1, commands: 3 },
  ],
  'a refresh': [
    async () => {
      const { refreshToken } = await signInAsGuest()
      return () => request(auth, { body: { refreshToken } })
    },
    { status: 200, requests: 1, commands: 2 },
  ],
  'a file': [
    async () => {
      const { upload } = await startUploadConversation()
      return () => upload()
    },
    { status: 202, requests: 3, commands: 4 },
  ],
  'an end': [
    async () => {
      const { end } = await startConversation()
      return () => end()
    },
    { status: 200, requests: 2, commands: 3 },
  ],
}

it.each(Object.entries(calls))(
  '%s costs so many requests to Redis, and so many commands',
  async (_name, [prepare, cost]) => {
    await request(auth, { body: {} })
    const call = await prepare()
    expect(await costOf(call)).toEqual(cost)
  },
)
