import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../e2e/gateway.js'
import { blocksOf } from './readme.js'

const run = promisify(execFile)
const quoted = 'Is "berth 14" free?'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway({ publicFiles: 'public' })
})
afterAll(() => gateway.close())

it('says what its README says, prints each message once, and ends', async () => {
  const [command = ''] = blocksOf('curl', 'sh')
  const env = { ...process.env, GATEWAY: gateway.origin }
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { env })
  const said = stdout.split('\n').filter((line) => /^(EndUser|Chatbot): /.test(line))
  expect(said.toSorted()).toEqual([
    'Chatbot: Hello, I am the Harbor Assistant. How can I help you?',
    'Chatbot: You said “Hello”. Is there more I can do?',
    `Chatbot: You said “${quoted}”. Is there more I can do?`,
    'EndUser: Hello',
    `EndUser: ${quoted}`,
  ])
  expect(stdout.trim().split('\n').at(-1)).toBe('ended')
})

it('fails with the gateway’s own words when it is refused', async () => {
  const env = { ...process.env, GATEWAY: gateway.origin }
  const refused = run('bash', ['examples/curl/chat.sh', ' '], { env })
  await expect(refused).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"code":"invalid_request"'),
  })
})
