/** Every type of message on the demo page, by the words that the sandbox's bot knows. */
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDev } from '../../sandbox/server/start.js'
import { hasBrowser, launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { type ChatPage, chatPage } from './chat-page.js'
import { forgetForeignVariables } from './own-environment.js'

const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
const blameless: Watch = { errors: [], violations: [], foreignRequests: [] }
const artifact = (name: string) =>
  fileURLToPath(new URL(`../artifacts/types-${name}.png`, import.meta.url))

function prepareEnvironment(): void {
  forgetForeignVariables()
  process.env.LIMITS = JSON.stringify({ send: [200, '1 m'] })
}

describe.skipIf(!hasBrowser())('the demo page and the types of messages', () => {
  let dev: Awaited<ReturnType<typeof startDev>>
  let browser: Browser

  beforeAll(async () => {
    prepareEnvironment()
    dev = await startDev({ env: process.env, port: 0, log: () => {} })
    const switches = { botDelayMs: 20, visibilityLagMs: 0, limits: { messagesPerMinute: null } }
    const response = await fetch(new URL('/__sandbox/switches', dev.addresses.page), {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(switches),
    })
    expect(response.status).toBe(200)
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })

  /** A chat that has begun, in a window of its own. */
  async function begin(options: BrowserContextOptions) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
    const { page, watch } = await openWatchedPage(context, new URL(dev.addresses.page).origin)
    await page.goto(dev.addresses.page)
    const chat = chatPage(page)
    const conversationId = await chat.start()
    await chat.see(greeting)
    return { context, page, watch, chat, conversationId, ...reading(page, chat) }
  }

  it('shows each type, takes the answers, and keeps both over a reload', async () => {
    const { context, page, watch, chat, last, shoot } = await begin({
      viewport: { width: 1280, height: 800 },
      timezoneId: 'Europe/Berlin',
    })

    await chat.say('quick')
    const ports = chat.log.getByRole('group', { name: 'Which port?' })
    await ports.getByRole('button', { name: 'Busan' }).click()
    await chat.see('You chose “Busan”.')
    expect(await last('own').innerText()).toContain('Busan')
    expect(await ports.getByRole('button', { name: 'Busan', pressed: true }).isDisabled()).toBe(
      true,
    )
    expect(await ports.getByRole('button', { name: 'Rotterdam' }).isDisabled()).toBe(true)

    await chat.say('buttons')
    const booking = chat.log.getByRole('group', { name: 'Shall I book the berth?' })
    await booking.getByRole('button', { name: 'Book it' }).waitFor()
    await shoot('quick-replies')
    await booking.getByRole('button', { name: 'Not yet' }).click()
    await chat.see('You chose “Not yet”.')

    await chat.say('list')
    const berths = chat.log.getByRole('group', { name: 'Pick a berth' })
    await berths.getByRole('button', { name: 'Berth 7 free at 15:30' }).waitFor()
    await shoot('list')
    await berths.getByRole('button', { name: 'Berth 7' }).click()
    await chat.see('You chose “Berth 7”.')
    await berths.getByRole('button', { name: 'Berth 7', pressed: true }).waitFor()

    await chat.say('carousel')
    const boxes = chat.log.getByRole('group', { name: 'Cards' })
    const details = boxes.getByRole('link', { name: 'Details' }).first()
    expect(await details.getAttribute('href')).toBe('https://harbor.example/20ft')
    expect(await details.getAttribute('target')).toBe('_blank')
    expect(await details.getAttribute('rel')).toBe('noopener noreferrer')
    await expectPictures(boxes, 2)
    await shoot('carousel')
    await boxes.getByRole('button', { name: 'Choose 40 ft reefer' }).click()
    await chat.see('You chose “Choose 40 ft reefer”.')

    await chat.say('time')
    const slots = chat.log.getByRole('group', { name: 'Call from the harbour office' })
    await slots.getByText('In your time zone, Europe/Berlin').waitFor()
    expect(await slots.getByRole('button').count()).toBe(3)
    await shoot('time')
    await slots.getByRole('button').first().click()
    await chat.log
      .getByText(/^You chose “\w+, \w+ \d+, (\d+, )?\d+:\d\d [AP]M GMT\+\d”\.$/)
      .waitFor()

    await chat.say('link')
    const map = chat.log.getByRole('link', { name: 'Harbor map' })
    expect(await map.getAttribute('href')).toBe('https://harbor.example/map')
    await expectPictures(map, 1)
    await shoot('link')

    await chat.say('links')
    const tides = chat.log.locator('a[href="https://harbor.example/tides"]')
    expect(await tides.innerText()).toContain('harbor.example')

    await chat.say('media')
    await expectPictures(chat.log.getByRole('link', { name: 'Open the gallery' }), 1)

    await chat.say('file')
    const bill = chat.log.getByRole('link', { name: 'PDF bill.pdf' })
    expect(await bill.getAttribute('href')).toMatch(/\/bill\.pdf$/)
    await chat.log.getByRole('link', { name: 'copy of the bill.pdf' }).waitFor()
    await chat.see('Your bill.')

    await chat.say('web')
    const view = chat.log.getByRole('link', { name: 'Live view of the quay' })
    expect(await view.getAttribute('href')).toBe('https://harbor.example/live')

    await chat.say('cite')
    await chat.see('The harbour opens at six. Pilots are on duty all night.')
    const source = chat.log.getByRole('link', { name: 'Opening hours' })
    expect(await source.getAttribute('href')).toBe('https://harbor.example/hours')
    await shoot('files')

    await chat.say('entities')
    await chat.log.getByText("It's 5 < 6 & <b>bold</b>").waitFor()

    await chat.say('auto')
    await chat.see('We are here from six to six.')
    await last('other').getByText('automated', { exact: true }).waitFor()

    const before = await chat.log.locator('.other').count()
    await chat.say('unknown')
    await expect.poll(() => chat.log.locator('.other').count()).toBe(before + 1)
    expect((await last('other').locator('.bubble').innerText()).length).toBeGreaterThan(5)
    await shoot('texts')

    await chat.say('staff')
    await chat.see('The staff have written a note, raised a flag and consulted: you saw nothing.')
    await chat.say('burst')
    await chat.see('Message 20 of 20')
    await chat.say('slow')
    await chat.see('That took me five seconds.')

    const bubbles = await chat.bubbles()
    await page.reload()
    await chat.see('That took me five seconds.')
    await chat.button('Show earlier messages').click()
    await ports.getByRole('button', { name: 'Busan', pressed: true }).waitFor()
    expect(await berths.getByRole('button', { disabled: true }).count()).toBe(3)
    expect(await chat.bubbles()).toEqual(bubbles)
    expect(watch).toEqual(blameless)
    await context.close()
  }, 120_000)

  it('takes a form: says what is wrong, sends what is right, shows what became of it', async () => {
    const { context, page, watch, chat, shoot } = await begin({
      viewport: { width: 1280, height: 800 },
      timezoneId: 'Europe/Berlin',
    })
    await chat.say('form')
    const form = chat.log.getByRole('group', { name: 'Booking', exact: true })
    await form.getByText('Tell us about your cargo').waitFor()
    await shoot('form')
    await chat.button('Send form').click()
    await form.getByText('Please answer this.').waitFor()
    const container = form.getByLabel('Container no.')
    expect(await container.and(page.locator(':focus')).count()).toBe(1)
    await container.fill('wrong')
    await form.getByText('Please check the format.').waitFor()
    expect(await container.getAttribute('aria-invalid')).toBe('true')
    expect(await container.getAttribute('maxlength')).toBe('11')
    await shoot('form-wrong')

    await container.fill('HRBU1234567')
    await form.getByLabel('Remarks').fill('<b>Handle</b> with care\nplease')
    await form.getByLabel('Kind of container').selectOption({ label: 'Reefer' })
    await form.getByRole('group', { name: 'Services' }).getByLabel('Storage').check()
    await form.getByRole('group', { name: 'Services' }).getByLabel('Customs').check()
    await form.getByLabel('Berth').selectOption({ label: 'Berth 7' })
    await form.getByLabel('Day of arrival').fill('2026-12-24')
    await form.getByLabel('Pick-up').fill('2026-12-24T09:30')
    const [request] = await Promise.all([
      page.waitForRequest('**/api/send'),
      chat.button('Send form').click(),
    ])
    expect(request.postDataJSON()).toMatchObject({
      messageType: 'FormResponseMessage',
      values: [
        { inputId: 'in-container', type: 'text', label: 'Container no.', value: 'HRBU1234567' },
        { inputId: 'in-remarks', type: 'multiline', value: '<b>Handle</b> with care\nplease' },
        { inputId: 'in-kind', type: 'select', title: 'Reefer' },
        { inputId: 'in-services', type: 'multiselect', title: ['Customs', 'Storage'] },
        { inputId: 'in-berth', type: 'select', title: 'Berth 7' },
        { inputId: 'in-day', type: 'date', value: '2026-12-24' },
        { inputId: 'in-pick-up', type: 'datetime', value: '2026-12-24T08:30:00.000Z' },
      ],
    })
    await chat.see('Booking noted')
    await chat.see('Thank you, I have your form with 7 answers.')
    await form.getByText('Filled in').waitFor()
    expect(await container.isVisible()).toBe(false)
    await shoot('form-sent')
    expect(watch).toEqual(blameless)
    await context.close()
  })

  it('shows all types of inputs, opens a refused form again, and locks what is over', async () => {
    const { context, watch, chat, shoot, conversationId } = await begin({
      viewport: { width: 1280, height: 800 },
    })
    await inject(conversationId, smallForm)
    const form = chat.log.getByRole('group', { name: 'Weight', exact: true })
    await form.getByLabel('Tons').fill('12.5')
    await form.getByLabel('Refrigerated').check()
    await shoot('form-small')
    await chat.button('Send form').click()
    await form.getByText('Filled in').waitFor()
    await chat.see('12.5')
    await chat.nextPoll()
    const inReplyToMessageId = await formAnswerOf(conversationId)
    await inject(conversationId, { ...refusedForm, inReplyToMessageId })
    await chat.log.getByText('Number unknown').waitFor()
    expect(await form.getByLabel('Tons').inputValue()).toBe('12.5')
    expect(await form.getByLabel('Tons').isEnabled()).toBe(true)
    await shoot('form-refused')

    await chat.button('End chat').click()
    await chat.log.page().getByRole('group', { name: 'End this chat?' }).waitFor()
    await chat.button('End chat').click()
    await chat.seeStatus('Chat ended')
    expect(await form.getByLabel('Tons').isEnabled()).toBe(false)
    expect(watch).toEqual(blameless)
    await context.close()
  })

  it('offers the words of the bot, and tells what agents and sessions do', async () => {
    const { context, page, watch, chat, shoot } = await begin({
      viewport: { width: 1280, height: 800 },
    })
    await page.getByText('Words that the sandbox’s bot knows').click()
    await shoot('words')
    const words = page.locator('#words')
    await words.getByRole('button', { name: 'help', exact: true }).click()
    const help = await chat.log.getByText(/^I know: /).innerText()
    const known = help.replace(/^I know: |\.$/g, '').split(', ')
    const offered = await words.getByRole('button').allTextContents()
    expect(offered.toSorted()).toEqual(known.toSorted())

    const say = (word: string) => words.getByRole('button', { name: word, exact: true }).click()
    await say('busy')
    await chat.see('Nobody is free to take the chat right now')
    await say('agent')
    await chat.see('Hello, this is Dana. How can I help you?')
    await chat.seeStatus('Connected to Dana')
    await say('transfer')
    await chat.see('Lee joined the chat')
    await chat.seeStatus('Connected to Lee')
    await say('bye')
    await chat.see('The agent ended the session')
    await chat.say('quick')
    await expect.poll(() => chat.message(greeting).count()).toBe(2)
    await shoot('agents')
    await say('end')
    await chat.see('The assistant ended the session')
    expect(watch).toEqual(blameless)
    await context.close()
  })

  it('leaves markup that a visitor types as it is typed', async () => {
    const { context, page, watch, chat } = await begin({ viewport: { width: 1280, height: 800 } })
    for (const text of attacks) await chat.say(text)
    await expect.poll(chat.bubbles).toEqual(expect.arrayContaining(attacks))
    await chat.nextPoll()
    expect(await chat.bubbles()).toEqual(expect.arrayContaining(attacks))
    expect(await chat.log.locator('script, iframe, img, svg, a').count()).toBe(0)
    expect(await page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(watch).toEqual(blameless)
    await context.close()
  })

  it('gives a failed answer again with the same id', async () => {
    const { context, page, chat } = await begin({ viewport: { width: 1280, height: 800 } })
    await chat.say('quick')
    const ids: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/api/send')) ids.push(request.postDataJSON().id)
    })
    await chat.button('Busan').waitFor()
    await page.route('**/api/send', (route) => route.abort(), { times: 1 })
    await chat.button('Busan').click()
    await chat.button('Try again').click()
    await chat.see('You chose “Busan”.')
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    await context.close()
  })

  it('fits a phone, in the dark', async () => {
    const { context, page, watch, chat, shoot } = await begin({
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      hasTouch: true,
    })
    const width = () => page.evaluate('document.documentElement.scrollWidth')
    for (const [word, sign] of pictured) {
      await chat.say(word)
      await chat.log.getByText(sign).first().waitFor()
      await shoot(`phone-${word}`)
      await page.setViewportSize({ width: 320, height: 640 })
      expect(await width(), word).toBe(320)
      if (word === 'form' || word === 'carousel') await shoot(`narrow-${word}`)
      await page.setViewportSize({ width: 390, height: 844 })
    }
    expect(watch).toEqual(blameless)
    await context.close()
  })

  async function inject(conversationId: string, message: object): Promise<void> {
    const path = `/__sandbox/conversations/${conversationId}/entries`
    const response = await fetch(new URL(path, dev.addresses.page), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ entries: [{ message, from: 'Chatbot' }] }),
    })
    expect(response.status).toBe(200)
  }

  /** The id of the visitor's form, as Salesforce has it. */
  async function formAnswerOf(conversationId: string): Promise<string | undefined> {
    const path = `/__sandbox/conversations/${conversationId}`
    const text = await (await fetch(new URL(path, dev.addresses.page))).text()
    const ids = [...text.matchAll(/"messageType":"FormResponseMessage".*?"id":"([^"]+)"/g)]
    return ids.at(0)?.[1]
  }
})

const attacks = [
  '<script>attacked = 1</script>',
  '<img src=x onerror="attacked = 1">',
  '"><svg onload=attacked=1>',
  '<iframe srcdoc="<script>parent.attacked = 1</script>"></iframe>',
  '<a href="javascript:attacked=1">a</a> [b](javascript:attacked=1) {{attacked=1}}',
]

/** Words and what is to be seen before a picture is taken. */
const pictured: readonly (readonly [string, string])[] = [
  ['quick', 'Valparaíso'],
  ['list', 'Berth 12'],
  ['carousel', '40 ft reefer'],
  ['time', 'In your time zone'],
  ['form', 'We answer within a day.'],
  ['file', 'copy of the bill.pdf'],
  ['web', 'Live view of the quay'],
  ['cite', 'Opening hours'],
]

const smallForm = {
  messageType: 'FormMessage',
  form: {
    formatType: 'Inputs',
    formTitle: { itemType: 'TitleItem', title: 'Weight' },
    sections: [
      { id: 'tons', inputType: 'NumberInput', label: { title: 'Tons' }, required: true },
      { id: 'cold', inputType: 'BooleanInput', label: { title: 'Refrigerated' }, required: true },
    ].map((input) => ({ sectionType: 'SingleInputSection', input })),
  },
}

const refusedForm = {
  messageType: 'FormResponseMessage',
  formResponse: {
    formatType: 'Result',
    result: {
      resultType: 'FormErrorResult',
      errors: [{ errorType: 'InvalidFormResponse', errorMessage: 'Number unknown' }],
    },
  },
}

/** What is read off the log, and pictures of the whole page. */
function reading(page: Page, chat: ChatPage) {
  return {
    last: (side: 'own' | 'other') => chat.log.locator(`.${side}`).last(),
    shoot: (name: string) => page.screenshot({ path: artifact(name) }),
  }
}

async function expectPictures(within: Locator, count: number): Promise<void> {
  const images = within.locator('img')
  await expect.poll(() => images.count()).toBe(count)
  for (const image of await images.all())
    await expect
      .poll(() => image.evaluate((node) => 'naturalWidth' in node && node.naturalWidth))
      .toBe(480)
}
