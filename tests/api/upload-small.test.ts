import { expect, it } from 'vitest'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, expectProblem } from '../support/sending.js'
import { createFile, png, startUploadConversation } from '../support/uploads.js'

const gateway = setupGateway({
  salesforce: { attachments: { endUserToAgent: true, maxFileSize: 1 } },
})

it('a file is 413 above what the deployment takes, which start tells', async () => {
  const { upload, started } = await startUploadConversation()
  expect(started.attachments.maxBytes).toBe(1024 * 1024)
  const content = Buffer.concat([png, Buffer.alloc(1024 * 1024)])
  const answer = await expectNoSalesforceCalls(gateway, () =>
    upload({ file: createFile({ content }) }),
  )
  expectProblem(answer, 413, 'payload_too_large')
})
