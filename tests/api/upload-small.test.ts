import { expect, it } from 'vitest'
import { openWorld } from '../support/world.js'
import { expectProblem, unheard } from './saying.js'
import { fileOf, png, uploader } from './uploading.js'

const world = openWorld({ salesforce: { attachments: { endUserToAgent: true, maxFileSize: 1 } } })

it('a file is 413 above what the deployment takes, which start tells', async () => {
  const { upload, started } = await uploader()
  expect(started.attachments.maxBytes).toBe(1024 * 1024)
  const content = Buffer.concat([png, Buffer.alloc(1024 * 1024)])
  const answer = await unheard(world, () => upload({ file: fileOf({ content }) }))
  expectProblem(answer, 413, 'payload_too_large')
})
