import { expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noLimits } from '../support/sending.js'
import { attachments, startUploadConversation } from '../support/uploads.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: { ...verifiedSalesforce, attachments, allowTranscriptDownload: true },
  env: { ...noLimits, ...verifiedEnv },
})

it('conversations refreshes all conversations of a verified visitor with one Salesforce call', async () => {
  const { token, start, conversationId } = await startUploadConversation()
  await start({ resume: false })
  gateway.salesforce.conversation(conversationId).endTimestamp = Date.now()
  const before = gateway.salesforceCalls().length
  const { body } = await request(conversations, { token, query: { refresh: 'true' } })
  expect(body.conversations.map(({ status }: { status: string }) => status)).toEqual(
    expect.arrayContaining(['open', 'ended']),
  )
  expect(gateway.salesforceCalls().slice(before)).toEqual(['listConversations 200'])
})

it('upload and transcript renew a token that Salesforce refuses', async () => {
  const { token, upload, conversationId } = await startUploadConversation()
  gateway.salesforce.expireTokens()
  expect((await upload()).status).toBe(202)
  gateway.salesforce.expireTokens()
  const { status } = await request(transcript, { token, query: { conversationId } })
  expect(status).toBe(200)
})
