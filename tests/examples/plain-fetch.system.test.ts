import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hasBrowser, launchBrowser, openWatchedPage } from '../e2e/browser.js'
import { type Gateway, startGateway } from './gateway.js'
import { blocksOf } from './readme.js'

const run = promisify(execFile)
const question = 'Is berth 14 free?'
const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
const answer = `You said “${question}”. Is there more I can do?`

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway('examples')
})
afterAll(() => gateway.close())

it('has at most 30 lines, but for comments and closing brackets', () => {
  const code = readFileSync('examples/plain-fetch/chat.js', 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const lines = code.split('\n').filter((line) => /\w/.test(line))
  expect(lines.length).toBeLessThanOrEqual(30)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
})

it('shows everything once in Node, as its README says, and ends', async () => {
  const [command = ''] = blocksOf('plain-fetch', 'sh')
  const env = { ...process.env, GATEWAY: gateway.origin }
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { env })
  const said = stdout.split('\n').filter((line) => /^(EndUser|Chatbot) \S/.test(line))
  expect(said.sort()).toEqual([`Chatbot ${greeting}`, `Chatbot ${answer}`, `EndUser ${question}`])
})

it.skipIf(!hasBrowser())('is a page that shows what is said, own messages at once', async () => {
  const browser = await launchBrowser()
  try {
    const { page, watch } = await openWatchedPage(await browser.newContext(), gateway.origin)
    await page.goto(`${gateway.origin}/plain-fetch/`)
    const log = page.getByRole('log', { name: 'Messages' })
    await log.getByText(greeting).waitFor()
    await page.getByLabel('Your message').fill(question)
    await page.getByRole('button', { name: 'Send' }).click()
    expect(await log.getByText(`EndUser: ${question}`).count()).toBe(1)
    await log.getByText(answer).waitFor()
    await page.waitForResponse('**/api/poll?*')
    expect(await log.getByText(`EndUser: ${question}`).count()).toBe(1)
    expect(watch).toEqual({ errors: [], violations: [], foreignRequests: [] })
  } finally {
    await browser.close()
  }
})
