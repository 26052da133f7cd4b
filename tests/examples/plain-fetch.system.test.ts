import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { hasBrowser, launchBrowser, openWatchedPage } from '../e2e/browser.js'
import { type Gateway, startGateway } from '../e2e/gateway.js'
import { problemsOf } from './conversation.js'
import { blocksOf } from './readme.js'

const run = promisify(execFile)
const question = 'Is berth 14 free?'
const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
const answer = `You said “${question}”. Is there more I can do?`

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway({ publicFiles: 'examples' })
})
afterAll(() => gateway.close())
afterEach(() => vi.unstubAllGlobals())

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

it.skipIf(!hasBrowser())(
  "is a page that shows the messages, the visitor's own at once",
  async () => {
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
      await page.waitForResponse('**/api/poll')
      expect(await log.getByText(`EndUser: ${question}`).count()).toBe(1)
      expect(problemsOf(watch)).toEqual([])
    } finally {
      await browser.close()
    }
  },
)

const call = z.looseObject({ path: z.string(), body: z.string().optional() })

/** Creates a network that loses the first answer to `send`, and has the first `poll` refused. */
function badNetwork() {
  const { fetch } = globalThis
  const asked: z.infer<typeof call>[] = []
  const to = (path: string) => asked.filter((each) => each.path === path)
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const path = new URL(url).pathname.replace('/api/', '')
    asked.push(call.parse({ ...init, path }))
    const isFirst = to(path).length === 1
    const refused = { headers: { authorization: 'Bearer of-yesterday' } }
    const response = await fetch(url, { ...init, ...(path === 'poll' && isFirst && refused) })
    if (path === 'send' && isFirst) throw new TypeError('The answer is lost')
    return response
  })
  return { to }
}

it('says a text once although an answer is lost, and goes on when its token is refused', async () => {
  const { openChat } = await import(pathToFileURL(resolve('examples/plain-fetch/chat.js')).href)
  const { to } = badNetwork()
  const texts: string[] = []
  const chat = await openChat(gateway.origin, ({ text }: { text: string }) => texts.push(text))
  await chat.send(question)
  await chat.end()
  await chat.ended
  const [first, ...again] = to('send').map(({ body }) => body)
  expect(again).toEqual([first])
  expect(to('auth')).toHaveLength(2)
  for (const each of [question, answer]) {
    expect(texts.filter((text) => text === each)).toHaveLength(1)
  }
})
