/** Polls that wait, on a Node server, when their callers hang up or the server stops. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import { serve } from '../../platforms/serve.js'
import { createSite } from '../../platforms/site.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'

const gateway = setupGateway()

/** Sends a poll on a connection of its own, to a server that answers nothing else. */
async function sendPoll(token: string, parameters: Record<string, string>) {
  const server = await serve(createSite(endpoints, 'public'), { host: '127.0.0.1', port: 0 })
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  const query = new URLSearchParams(parameters)
  const lines = [`GET /api/poll?${query} HTTP/1.1`, 'Host: any', `Authorization: Bearer ${token}`]
  const earlierPolls = pollsAnswered()
  const earlierCalls = gateway.salesforceCalls().length
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await expect.poll(() => gateway.salesforceCalls().length).toBeGreaterThan(earlierCalls)
  expect(pollsAnswered()).toBe(earlierPolls)
  return { server, socket, pollsAnswered: () => pollsAnswered() - earlierPolls }
}

/** Starts a poll that waits 20 s, and returns once it waits. */
async function beginToWait() {
  const { token, conversationId, poll } = await startConversation()
  const { body } = await poll()
  return await sendPoll(token, { conversationId, cursor: body.cursor, wait: '20' })
}

function pollsAnswered(): number {
  return gateway.logLines.filter((line) => line.includes('"endpoint":"poll"')).length
}

it('a poll ends when its caller hangs up', async () => {
  const { server, socket, pollsAnswered } = await beginToWait()
  socket.destroy()
  await expect.poll(pollsAnswered).toBe(1)
  await server.close(0)
})

it('a first page under way is read and answered when the server stops', async () => {
  const { token, conversationId } = await startConversation()
  const what = { status: 503, headers: { 'retry-after': '1' } }
  gateway.salesforce.fail({ operation: 'listConversationEntries', what })
  const { server, socket } = await sendPoll(token, { conversationId })
  const [answer] = await Promise.all([text(socket), server.close(5000)])
  expect(answer).toMatch(/^HTTP\/1\.1 200/)
})

it('a poll answers at once when the server stops', async () => {
  const { server, socket } = await beginToWait()
  // A poll that waited on would be cut after the five seconds, without an answer.
  const [answer] = await Promise.all([text(socket), server.close(5000)])
  expect(answer).toMatch(/^HTTP\/1\.1 200/)
  expect(answer).toContain('"messages":[]')
})
