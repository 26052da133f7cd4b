import { expect, it } from 'vitest'
import { openWorld } from '../support/world.js'
import { expectProblem, unheard } from './saying.js'
import { fileOf, uploader } from './uploading.js'

const off = { endUserToAgent: false, maxFileSize: 5 }
const world = openWorld({ salesforce: { attachments: off } })

it('a file is 409 where the deployment takes none', async () => {
  const { upload, started } = await uploader()
  expect(started.attachments).toBeNull()
  expectProblem(await unheard(world, () => upload()), 409, 'unsupported')
  expectProblem(
    await unheard(world, () => upload({ file: fileOf({ type: 'x/y' }) })),
    409,
    'unsupported',
  )
})
