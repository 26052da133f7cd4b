import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { setupGateway } from '../support/gateway.js'
import {
  duplicateHandling,
  expectProblem,
  type Fault,
  noLimits,
  timesStored,
} from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { attachments, filesSentToSalesforce, startUploadConversation } from '../support/uploads.js'

const gateway = setupGateway({
  salesforce: { attachments },
  env: { ...noLimits, SEND_SETTLE_MS: '0' },
})
simulateEachTest()

const transient: [name: string, fault: Fault][] = [
  ['500 before the effect', { when: 'before', what: { status: 500 } }],
  ['503 after the effect', { when: 'after', what: { status: 503 } }],
  ['a cut connection before the effect', { when: 'before', what: 'drop' }],
  ['a cut connection after the effect', { when: 'after', what: 'drop' }],
  ['a web page before the effect', { when: 'before', what: 'html' }],
  ['an empty answer after the effect', { when: 'after', what: 'empty' }],
]

describe.each(duplicateHandling)('a file, in an org that %s,', (_, storesDuplicates) => {
  async function visitor() {
    gateway.salesforce.switches.storesDuplicates = storesDuplicates
    return await startUploadConversation()
  }

  it.each(transient)('is delivered once after %s', async (_, fault) => {
    const { upload, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendFile', ...fault })
    const first = await upload({}, id)
    if (first.status !== 202) expect(first.body.retryable, first.body.code).toBe(true)
    const second = await upload({}, id)
    expect(second.status).toBe(202)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    if (first.status === 202) expect(second.body).toEqual({ ...first.body, duplicate: true })
  })

  it('is delivered once by two calls at the same moment', async () => {
    const { upload, conversationId } = await visitor()
    const id = randomUUID()
    const both = await Promise.all([upload({}, id), upload({}, id)])
    expect(both.map(({ status }) => status)).toEqual([202, 202])
    expect(both.map(({ body }) => body.duplicate).sort()).toEqual([false, true])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })
})

it('a file is tried again under the same file id', async () => {
  const { upload } = await startUploadConversation()
  gateway.salesforce.fail({ operation: 'sendFile', when: 'before', what: { status: 500 } })
  expect((await upload()).status).toBe(202)
  const [first, second] = filesSentToSalesforce(gateway)
  expect(second).toEqual(first)
})

it('a file is not claimed to be sent while Salesforce is down', async () => {
  gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
  const { upload } = await startUploadConversation()
  gateway.salesforce.fail({ operation: 'sendFile', times: 50, what: { status: 503 } })
  expectProblem(await upload(), 503, 'upstream_unavailable')
})
