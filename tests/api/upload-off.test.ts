import { expect, it } from 'vitest'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, expectProblem } from '../support/sending.js'
import { createFile, startUploadConversation } from '../support/uploads.js'

const off = { endUserToAgent: false, maxFileSize: 5 }
const gateway = setupGateway({ salesforce: { attachments: off } })

it('a file is 409 where the deployment takes none', async () => {
  const { upload, started } = await startUploadConversation()
  expect(started.attachments).toBeNull()
  expectProblem(await expectNoSalesforceCalls(gateway, () => upload()), 409, 'unsupported')
  expectProblem(
    await expectNoSalesforceCalls(gateway, () => upload({ file: createFile({ type: 'x/y' }) })),
    409,
    'unsupported',
  )
})
