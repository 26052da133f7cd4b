/** Checks the content of messages in Chromium: by keyboard, for screen readers, in light and dark. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ChatMessage, Prechat, Snapshot } from '../../client/core/index.js'
import { offers } from '../widget/fixtures/choices.js'
import { cargo } from '../widget/fixtures/forms.js'
import { markdown } from '../widget/fixtures/markdown.js'
import { message, textMessage } from '../widget/fixtures/message.js'
import { everyMessage } from '../widget/fixtures/states.js'
import { buildStage, type ReactVersion } from '../widget/stage/build.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { isPicture, servePicture } from './stage-page.js'
import { versions } from './widget-stages.js'

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

type Props = { theme?: 'light' | 'dark'; language?: string; locked?: boolean; problem?: object }
type Call = { verb: string; args: unknown[] }
type Stage = { stage: { show(snapshot: Partial<Snapshot>, props: Props): void; calls: Call[] } }
type Finding = { id: string; nodes: { html: string }[] }

const prechat: Prechat = {
  required: true,
  per: 'conversation',
  fields: [
    { name: 'First', label: 'First name', type: 'text', required: true, maxLength: 5 },
    { name: 'Mail', label: 'Email', type: 'email', required: true },
    { name: 'Phone', label: 'Phone', type: 'phone', required: false },
    { name: 'Age', label: 'Age', type: 'number', required: false },
    {
      name: 'Topic',
      label: 'Topic',
      type: 'choice',
      required: true,
      options: [
        { value: 'a', label: 'Parcels' },
        { value: 'b', label: 'Bills', default: true },
      ],
    },
    { name: 'Keep', label: 'Keep my answers', type: 'checkbox', required: false },
  ],
}

const answers = offers.map(({ id }, index) => {
  const itemId = ['busan', 'book', '7', 'choose-20', 'late', 'noon'][index] ?? ''
  return message('EndUser', '09:50', {
    id: `answer-${id}`,
    messageType: 'ChoiceResponseMessage',
    inReplyToMessageId: id,
    selections: [{ itemId, title: 'Chosen' }],
  })
})

const formAnswer = message('EndUser', '09:51', {
  id: 'form-answer',
  messageType: 'FormResponseMessage',
  inReplyToMessageId: 'cargo',
  values: [{ inputId: 'container', label: 'Container no.', value: 'HRBU1234567' }],
})

const refusal = message('System', '09:52', {
  id: 'refusal',
  messageType: 'FormResponseMessage',
  inReplyToMessageId: 'form-answer',
  result: { ok: false, errors: ['No such container'] },
})

describe.skipIf(!hasBrowser())('the content of messages', () => {
  let browser: Browser
  const stages = new Map<ReactVersion, string>()
  let errors: string[] = []

  beforeAll(async () => {
    browser = await launchBrowser()
    for (const version of versions) stages.set(version, await buildStage(version, 'content'))
  })
  afterAll(() => browser.close())
  afterEach(() => {
    const told = errors
    errors = []
    expect(told).toEqual([])
  })

  async function open(width = 400, version: ReactVersion = 19) {
    const page = await browser.newPage({
      viewport: { width, height: 700 },
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
      reducedMotion: 'reduce',
    })
    page.on('pageerror', (error) => errors.push(error.message))
    await page.route(isPicture, servePicture)
    await page.setContent(stages.get(version) ?? '')
    const show = (messages: ChatMessage[], props: Props = {}, more: Partial<Snapshot> = {}) =>
      page.evaluate(
        ([snapshot, told]) => (globalThis as unknown as Stage).stage.show(snapshot, told),
        [{ messages, ...more }, props] as const,
      )
    const calls = () => page.evaluate(() => (globalThis as unknown as Stage).stage.calls)
    const lastCall = async (verb: string) =>
      (await calls()).findLast((call) => call.verb === verb)?.args
    const focused = (locator: ReturnType<Page['locator']>) =>
      expect.poll(() => locator.evaluate((node) => node.matches(':focus'))).toBe(true)
    return { page, show, calls, lastCall, focused }
  }

  async function findings(page: Page): Promise<string[]> {
    await page.addScriptTag({ content: axe })
    const found = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } }).axe.run(),
    )
    const ofPage = ['page-has-heading-one', 'landmark-one-main', 'region']
    return found.violations
      .filter(({ id }) => !ofPage.includes(id))
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  }

  describe.each(['light', 'dark'] as const)('in %s', (theme) => {
    it('breaks no rule of axe', async () => {
      const { page, show } = await open()
      const surface = '.miaw { background: var(--_surface) }'
      await page.addStyleTag({ content: surface })
      await show(everyMessage, { theme })
      expect(await findings(page)).toEqual([])
      await show([...offers, ...answers, cargo, formAnswer], { theme, language: 'de' })
      expect(await findings(page)).toEqual([])
    })

    it('breaks no rule of axe while forms show their errors', async () => {
      const { page, show } = await open()
      await page.addStyleTag({ content: '.miaw { background: var(--_surface) }' })
      await show([cargo, formAnswer, refusal], { theme }, { prechat })
      for (const name of ['Send form', 'Start chat']) await page.getByText(name).click()
      await expect.poll(() => page.locator('[aria-invalid="true"]').count()).toBeGreaterThan(5)
      expect(await findings(page)).toEqual([])
    })
  })

  it.each(['ltr', 'rtl'])('fits 320 pixels, %s', async (direction) => {
    const { page, show } = await open(320)
    await page.addStyleTag({ content: 'main { padding: 0 0.5rem }' })
    await page.locator('html').evaluate((html, dir) => html.setAttribute('dir', dir), direction)
    const long = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(4)
    await show([...everyMessage, textMessage('Chatbot', '09:50', 'long', long)], {}, { prechat })
    expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(320)
  })

  it.each(versions)('takes choices by keyboard, with %s', async (version) => {
    const { page, show, lastCall, focused } = await open(400, version)
    await show(offers)
    await page.keyboard.press('Tab')
    await focused(page.getByRole('button', { name: 'Rotterdam' }))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const selection = { itemId: 'busan', title: 'Busan' }
    expect(await lastCall('reply')).toEqual(['ports', { selections: [selection] }])
    expect(await lastCall('afterAnswer')).toEqual([])

    await page.getByRole('group', { name: 'Pick a berth' }).getByText('Berth 7').focus()
    await page.getByRole('button', { name: 'Berth 7' }).press('Space')
    expect(await lastCall('reply')).toEqual([
      'berths',
      { selections: [{ itemId: '7', title: 'Berth 7' }] },
    ])
    await page.getByRole('button', { name: 'Show more times' }).press('Enter')
    await focused(page.getByRole('button', { name: /Saturday/ }).first())
    const slot = page.getByRole('button', { name: /Saturday.*10:00/ })
    await slot.press('Enter')
    expect(await lastCall('reply')).toMatchObject([
      'week',
      { selections: [{ itemId: 'saturday', title: expect.stringContaining('10:00') }] },
    ])
  })

  it.each(versions)('sends a suggestion as a text by keyboard, with %s', async (version) => {
    const { page, show, calls, lastCall } = await open(400, version)
    await show(markdown)
    const suggestion = page.getByRole('button', { name: 'Where is quay 4?' })
    await suggestion.press('Enter')
    expect(await lastCall('send')).toEqual(['Where is quay 4?'])
    expect(await lastCall('afterAnswer')).toEqual([])
    await show([...markdown, textMessage('EndUser', '09:50', 'said', 'Where is quay 4?')])
    expect(await suggestion.count()).toBe(0)
    expect((await calls()).filter(({ verb }) => verb === 'send')).toHaveLength(1)
  })

  it('shows Markdown as elements that are no headings of the page', async () => {
    const { page, show } = await open()
    await show(markdown)
    expect(await page.getByRole('heading').count()).toBe(0)
    await page.getByRole('columnheader', { name: 'Hours' }).waitFor()
    await page.getByRole('link', { name: 'tariff', exact: true }).waitFor()
    expect(await page.getByRole('listitem').count()).toBeGreaterThan(3)
  })

  it('marks and locks the chosen option, and opens the choice again when sending failed', async () => {
    const { page, show, lastCall } = await open()
    const [ports] = offers
    const [answer] = answers
    if (!ports || !answer) throw new Error('No choices')
    await show([ports, answer])
    const busan = page.getByRole('button', { name: 'Busan', pressed: true })
    expect(await busan.isDisabled()).toBe(true)
    await show([ports, { ...answer, delivery: 'failed' }])
    await page.getByRole('button', { name: 'Rotterdam' }).click()
    expect(await lastCall('discard')).toEqual([answer.id])
    expect(await lastCall('reply')).toMatchObject([
      'ports',
      { selections: [{ itemId: 'rotterdam' }] },
    ])
    await show([ports], { locked: true })
    expect(await page.getByRole('button', { disabled: true }).count()).toBe(3)
  })

  it.each(['ltr', 'rtl'])('scrolls cards by buttons and by keys, %s', async (direction) => {
    const { page, show, focused } = await open()
    await page.locator('html').evaluate((html, dir) => html.setAttribute('dir', dir), direction)
    await show(offers.filter(({ id }) => id === 'boxes'))
    const strip = page.getByRole('list', { name: 'Containers that are free' })
    const passed = () => strip.evaluate((node) => Math.abs(node.scrollLeft))
    const next = page.getByRole('button', { name: 'Next' })
    const previous = page.getByRole('button', { name: 'Previous' })
    await expect.poll(() => next.getAttribute('aria-disabled')).toBe('false')
    expect(await previous.getAttribute('aria-disabled')).toBe('true')
    await next.press('Enter')
    await expect.poll(passed).toBeGreaterThan(200)
    await next.press('Enter')
    await expect.poll(() => next.getAttribute('aria-disabled')).toBe('true')
    await focused(next)
    await previous.press('Enter')
    await previous.press('Enter')
    await expect.poll(passed).toBeLessThan(3)
    await strip.focus()
    await focused(strip)
    await strip.press(direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight')
    await expect.poll(passed).toBeGreaterThan(3)
  })

  it('removes pictures that do not load', async () => {
    const { page, show } = await open()
    await show([
      message('Agent', '09:50', {
        id: 'file',
        messageType: 'AttachmentMessage',
        attachments: [
          { id: 'f', name: 'quay.png', mimeType: 'image/png', url: 'https://nowhere.example/1' },
        ],
      }),
      message('Agent', '09:50', {
        id: 'link',
        messageType: 'RichLinkMessage',
        richLink: { title: 'Gate', url: 'https://a.example', imageUrl: 'data:image/png;base64,AA' },
      }),
    ])
    await page.getByText('quay.png').waitFor()
    await expect.poll(() => page.locator('img').count()).toBe(0)
    expect(await page.getByRole('link').count()).toBe(2)
  })

  it('reserves the height of a picture while it loads', async () => {
    const { page, show } = await open()
    await page.route('https://slow.example/**', () => {})
    const imageUrl = 'https://slow.example/1.png'
    await show([
      message('Agent', '09:50', {
        id: 'link',
        messageType: 'RichLinkMessage',
        richLink: { title: 'Gate', url: 'https://a.example', imageUrl },
      }),
    ])
    expect((await page.locator('img').boundingBox())?.height).toBeGreaterThan(100)
  })

  it.each(versions)('checks and sends a form by keyboard, with %s', async (version) => {
    const { page, show, calls, lastCall, focused } = await open(400, version)
    await show([cargo])
    const box = page.getByRole('group', { name: 'Booking' })
    const submit = page.getByRole('button', { name: 'Send form' })
    await submit.press('Enter')
    const container = box.getByLabel('Container no.')
    await focused(container)
    await box.getByRole('alert').filter({ hasText: 'Please check the marked' }).waitFor()
    const described = (await container.getAttribute('aria-describedby'))?.split(' ') ?? []
    const remarks = await Promise.all(
      described.map((id) => page.locator(`[id="${id}"]`).innerText()),
    )
    expect(remarks).toEqual(['Please answer this.', 'Four letters and seven digits'])

    await page.keyboard.type('wrong')
    await box.getByText('Please check the format.').waitFor()
    await container.fill('HRBU1234567')
    await expect.poll(() => container.getAttribute('aria-invalid')).toBe(null)
    expect(await calls()).toEqual([])

    await box.getByLabel('Weight in tons').fill('2.5')
    await show([cargo, textMessage('Agent', '09:50', 'later', 'Are you still there?')])
    expect(await container.inputValue()).toBe('HRBU1234567')
    await box.getByLabel('Refrigerated').press('Space')
    await box.getByLabel('Pick-up').fill('2026-12-24T09:30')
    await submit.press('Enter')
    await focused(box.getByLabel('Kind of container'))
    await page.keyboard.press('r')
    await submit.press('Enter')
    await focused(box.getByLabel('Customs'))
    await page.keyboard.press('Space')
    await container.press('Enter')
    expect(await lastCall('reply')).toMatchObject([
      'cargo',
      {
        values: [
          { inputId: 'container', type: 'text', value: 'HRBU1234567' },
          { inputId: 'tons', type: 'number', value: 2.5 },
          { inputId: 'cold', type: 'boolean', value: true },
          { inputId: 'pickup', type: 'datetime', value: '2026-12-24T08:30:00.000Z' },
          { inputId: 'kind', type: 'select', value: 'reefer', title: 'Reefer' },
          { inputId: 'services', type: 'multiselect', value: ['customs'], title: ['Customs'] },
        ],
      },
    ])
    expect(await lastCall('afterAnswer')).toEqual([])
  })

  it('reopens a form that was not accepted, with its values', async () => {
    const { page, show } = await open()
    await show([cargo])
    const container = page.getByLabel('Container no.')
    await container.fill('HRBU1234567')
    await page.getByLabel('Remarks').fill('Handle with care')
    await show([cargo, formAnswer])
    await page.getByText('Filled in and sent').waitFor()
    expect(await container.isVisible()).toBe(false)
    await show([cargo, formAnswer, refusal])
    await page.getByRole('alert').filter({ hasText: 'No such container' }).waitFor()
    expect(await container.inputValue()).toBe('HRBU1234567')
    expect(await page.getByLabel('Remarks').inputValue()).toBe('Handle with care')
    expect(await container.isEnabled()).toBe(true)
    await show([cargo, formAnswer, refusal], { locked: true })
    expect(await container.isEnabled()).toBe(false)
  })

  it('sends a form that failed again, and discards the failed answer', async () => {
    const { page, show, lastCall } = await open()
    const short = message('Chatbot', '09:50', {
      id: 'cargo',
      messageType: 'FormMessage',
      form: {
        title: 'Booking',
        inputs: [{ inputId: 'container', type: 'text', label: 'Container no.', required: true }],
      },
    })
    await show([short, { ...formAnswer, delivery: 'failed' }])
    await page.getByRole('button', { name: 'Send form' }).click()
    expect(await lastCall('discard')).toEqual(['form-answer'])
    expect(await lastCall('reply')).toMatchObject(['cargo', { values: [{ value: 'HRBU1234567' }] }])
  })

  it.each(versions)(
    'keeps a half-filled form that is not drawn for a while, with %s',
    async (version) => {
      const { page, show } = await open(400, version)
      await show([cargo], {}, { prechat })
      await page.getByLabel('First name').fill('Ada')
      await page.getByLabel('Keep my answers').check()
      await page.getByLabel('Topic').selectOption('a')
      await page.getByLabel('Container no.').fill('HRBU')
      await show([])
      await show([cargo], {}, { prechat })
      expect(await page.getByLabel('First name').inputValue()).toBe('Ada')
      expect(await page.getByLabel('Keep my answers').isChecked()).toBe(true)
      expect(await page.getByLabel('Topic').inputValue()).toBe('a')
      expect(await page.getByLabel('Container no.').inputValue()).toBe('HRBU')
    },
  )

  it('checks and submits the pre-chat form, and shows the gateway’s errors in it', async () => {
    const { page, show, calls, lastCall, focused } = await open()
    await show([], {}, { prechat })
    const submit = page.getByRole('button', { name: 'Start chat' })
    await submit.press('Enter')
    await focused(page.getByLabel('First name'))
    await page.keyboard.type('Adalbert')
    expect(await page.getByLabel('First name').inputValue()).toBe('Adalb')
    await page.getByLabel('Email').fill('nobody')
    await submit.press('Enter')
    await page.getByText('Please enter an email address').waitFor()
    expect(await calls()).toEqual([])
    await page.getByLabel('Email').fill('ada@harbor.example')
    await page.getByLabel('Keep my answers').check()
    await submit.press('Enter')
    expect(await lastCall('submit')).toEqual([
      { First: 'Adalb', Mail: 'ada@harbor.example', Topic: 'b', Keep: 'true' },
    ])

    const errors = [{ path: 'routingAttributes.Mail', message: 'must be an e-mail address' }]
    const problem = { code: 'invalid_request', retryable: false, errors }
    await show([], { problem }, { prechat })
    await focused(page.getByLabel('Email'))
    expect(await page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true')
    await show([], { problem: { code: 'unreachable', retryable: true } }, { prechat })
    await page.getByRole('alert').filter({ hasText: 'could not be started' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).press('Enter')
    expect(await lastCall('cancel')).toHaveLength(1)

    const before = (await calls()).length
    await show([], {}, { prechat, connection: 'connecting' })
    await submit.press('Enter')
    await focused(submit)
    expect((await calls()).length).toBe(before)
  })
})
