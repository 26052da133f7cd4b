import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDev } from '../../sandbox/server/start.js'
import { hasBrowser, launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { type ChatPage, chatPage } from './chat-page.js'
import { forgetForeignVariables } from './own-environment.js'

const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
const answerTo = (text: string) => `You said “${text}”. Is there more I can do?`
const screenshot = fileURLToPath(new URL('../artifacts/chat.png', import.meta.url))

describe.skipIf(!hasBrowser())('the demo page', () => {
  let dev: Awaited<ReturnType<typeof startDev>>
  let browser: Browser
  let context: BrowserContext
  let page: Awaited<ReturnType<typeof openWatchedPage>>['page']
  let watch: Watch
  let chat: ChatPage

  beforeAll(async () => {
    forgetForeignVariables()
    dev = await startDev({ env: process.env, port: 0, log: () => {} })
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const opened = await openWatchedPage(context, new URL(dev.addresses.page).origin)
    page = opened.page
    watch = opened.watch
    chat = chatPage(page)
  })

  afterEach(() => context.close())

  async function agentJoins(conversationId: string): Promise<void> {
    const path = `/__sandbox/conversations/${conversationId}/agent-joins`
    const response = await fetch(new URL(path, dev.addresses.page), { method: 'POST' })
    expect(response.status).toBe(204)
  }

  it('lets a visitor chat, reload, go on and end, showing everything once', async () => {
    const response = await page.goto(dev.addresses.page)
    expect(response?.headers()['content-security-policy']).toContain("default-src 'none'")

    await chat.start()
    await chat.see(greeting)
    await chat.seeStatus('Connected to Harbor Assistant')

    await chat.say('Is berth 14 free?')
    await chat.see('Is berth 14 free?')
    await chat.see(answerTo('Is berth 14 free?'))
    await chat.nextPoll()
    const bubbles = [greeting, 'Is berth 14 free?', answerTo('Is berth 14 free?')]
    const lines = ['Harbor Assistant joined the chat']
    expect(await chat.bubbles()).toEqual(bubbles)
    expect(await chat.lines()).toEqual(lines)

    await page.reload()
    await chat.see(answerTo('Is berth 14 free?'))
    await chat.nextPoll()
    expect(await chat.bubbles()).toEqual(bubbles)
    expect(await chat.lines()).toEqual(lines)

    await chat.say('And berth 15?')
    await chat.see(answerTo('And berth 15?'))
    await page.screenshot({ path: screenshot })
    await chat.nextPoll()
    bubbles.push('And berth 15?', answerTo('And berth 15?'))
    expect(await chat.bubbles()).toEqual(bubbles)

    await chat.button('End chat').click()
    await chat.button('Keep chatting').click()
    await chat.button('End chat').click()
    await page.getByRole('group', { name: 'End this chat?' }).waitFor()
    await chat.button('End chat').click()
    await chat.seeStatus('Chat ended')
    await chat.button('Start a new chat').waitFor()
    expect(await chat.input.isVisible()).toBe(false)
    expect(await chat.bubbles()).toEqual(bubbles)

    expect(watch).toEqual({ errors: [], violations: [], foreignRequests: [] } satisfies Watch)
  })

  it('says that the network is gone, and loses and doubles nothing when it is back', async () => {
    await page.goto(dev.addresses.page)
    const conversationId = await chat.start()
    await chat.see(greeting)

    await context.setOffline(true)
    await chat.seeStatus('You are offline, trying again')
    await chat.say('Are you there?')
    await chat.button('Try again').waitFor()
    await agentJoins(conversationId)

    await context.setOffline(false)
    await chat.see('Hello, this is Dana. How can I help you?')
    await chat.seeStatus('Connected to Dana')
    expect(await chat.message('Are you there?').count()).toBe(1)

    await chat.button('Try again').click()
    await chat.see(answerTo('Are you there?'))
    await chat.nextPoll()
    expect(await chat.bubbles()).toEqual([
      greeting,
      'Hello, this is Dana. How can I help you?',
      'Are you there?',
      answerTo('Are you there?'),
    ])
    expect(watch.violations).toEqual([])
    expect(watch.foreignRequests).toEqual([])
  })

  it('delivers a message once when the answer to its sending was lost', async () => {
    await page.goto(dev.addresses.page)
    await chat.start()
    await chat.see(greeting)

    const ids: string[] = []
    page.on('request', (request: Request) => {
      if (request.url().endsWith('/api/send')) ids.push(request.postDataJSON().id)
    })
    await page.route('**/api/poll?*', (route) => route.abort())
    await page.route(
      '**/api/send',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    await chat.say('Only once, please')
    await chat.button('Try again').click()
    await chat.log.getByText('Sent', { exact: true }).waitFor()
    await page.unroute('**/api/poll?*')

    await chat.see(answerTo('Only once, please'))
    await chat.nextPoll()
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    const bubbles = [greeting, 'Only once, please', answerTo('Only once, please')]
    expect(await chat.bubbles()).toEqual(bubbles)
  })
})
