import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openWorld } from '../support/world.js'
import { expectProblem, type Misbehaviour, orgs, roomy, timesStored } from './saying.js'
import { attachments, filesHeard, uploader } from './uploading.js'

const world = openWorld({ salesforce: { attachments }, env: { ...roomy, SEND_SETTLE_MS: '0' } })

const transient: [name: string, misbehaviour: Misbehaviour][] = [
  ['500 before the effect', { when: 'before', what: { status: 500 } }],
  ['503 after the effect', { when: 'after', what: { status: 503 } }],
  ['a cut connection before the effect', { when: 'before', what: 'drop' }],
  ['a cut connection after the effect', { when: 'after', what: 'drop' }],
  ['a web page before the effect', { when: 'before', what: 'html' }],
  ['an empty answer after the effect', { when: 'after', what: 'empty' }],
]

describe.each(orgs)('a file, in an org that %s,', (_, storesDuplicates) => {
  async function visitor() {
    world.salesforce.switches.storesDuplicates = storesDuplicates
    return await uploader()
  }

  it.each(transient)('is delivered once after %s', async (_, misbehaviour) => {
    const { upload, conversationId } = await visitor()
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendFile', ...misbehaviour })
    const first = await upload({}, id)
    if (first.status !== 202) expect(first.body.retryable, first.body.code).toBe(true)
    const second = await upload({}, id)
    expect(second.status).toBe(202)
    expect(timesStored(world, conversationId, id)).toBe(1)
    if (first.status === 202) expect(second.body).toEqual({ ...first.body, duplicate: true })
  })

  it('is delivered once by two calls at the same moment', async () => {
    const { upload, conversationId } = await visitor()
    const id = randomUUID()
    const both = await Promise.all([upload({}, id), upload({}, id)])
    expect(both.map(({ status }) => status)).toEqual([202, 202])
    expect(both.map(({ body }) => body.duplicate).sort()).toEqual([false, true])
    expect(timesStored(world, conversationId, id)).toBe(1)
  })
})

it('a file is tried again under the same file id', async () => {
  const { upload } = await uploader()
  world.salesforce.fail({ operation: 'sendFile', when: 'before', what: { status: 500 } })
  expect((await upload()).status).toBe(202)
  const [first, second] = filesHeard(world)
  expect(second).toEqual(first)
})

it('a file is not claimed to be sent while Salesforce is down', async () => {
  world.setEnv({ REQUEST_DEADLINE_MS: '600' })
  const { upload } = await uploader()
  world.salesforce.fail({ operation: 'sendFile', times: 50, what: { status: 503 } })
  expectProblem(await upload(), 503, 'upstream_unavailable')
})
