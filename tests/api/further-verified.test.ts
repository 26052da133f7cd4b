import { expect, it } from 'vitest'
import conversations from '../../api/conversations.js'
import transcript from '../../api/transcript.js'
import { knock } from '../support/knock.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { openWorld } from '../support/world.js'
import { roomy } from './saying.js'
import { attachments, uploader } from './uploading.js'

const world = openWorld({
  salesforce: { ...verifiedSalesforce, attachments, allowTranscriptDownload: true },
  env: { ...roomy, ...verifiedEnv },
})

it('a list is refreshed with one question for all conversations of a known person', async () => {
  const { token, start, conversationId } = await uploader()
  await start({ resume: false })
  world.salesforce.conversation(conversationId).endTimestamp = Date.now()
  const before = world.heard().length
  const { body } = await knock(conversations, { token, query: { refresh: 'true' } })
  expect(body.conversations.map(({ status }: { status: string }) => status)).toEqual(
    expect.arrayContaining(['open', 'ended']),
  )
  expect(world.heard().slice(before)).toEqual(['listConversations 200'])
})

it('a file and a transcript renew a token that Salesforce refuses', async () => {
  const { token, upload, conversationId } = await uploader()
  world.salesforce.expireTokens()
  expect((await upload()).status).toBe(202)
  world.salesforce.expireTokens()
  const { status } = await knock(transcript, { token, query: { conversationId } })
  expect(status).toBe(200)
})
