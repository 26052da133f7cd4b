/** Sends every word of the sandbox's bot on the demo page: each type of message is shown and answered. */
import type { BrowserContextOptions, Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasBrowser } from './browser.js'
import { cleanWatch, useDeployment } from './deployment.js'
import { greeting, widgetPage } from './widget-page.js'

const desktop = { viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Berlin' }

/** Exceeds the pace of polls. */
const patience = { timeout: 10_000 }

describe.skipIf(!hasBrowser())('the messages of the bot', () => {
  const deployment = useDeployment({ hasShortPauses: true })

  async function begin(options: BrowserContextOptions = desktop) {
    const { context, page, watch } = await deployment.open(options)
    const chat = widgetPage(page, deployment)
    const conversationId = await chat.start()
    const inject = (message: object) =>
      deployment.sandbox('POST', `/conversations/${conversationId}/entries`, {
        entries: [{ message, from: 'Chatbot' }],
      })
    return { context, page, watch, chat, conversationId, inject }
  }

  it('with choices are shown and answered, and stay answered after a reload', async () => {
    const { page, watch, chat, conversationId } = await begin()
    const group = (name: string) => chat.list.getByRole('group', { name, exact: true }).first()

    await chat.send('quick')
    await chat.button('Busan').click()
    await chat.waitForText('You chose “Busan”.')
    expect(await chat.last('own').innerText()).toContain('Busan')
    const ports = group('Which port?')
    expect(await ports.getByRole('button', { pressed: true }).innerText()).toBe('Busan')
    expect(await ports.getByRole('button', { disabled: true }).count()).toBe(3)

    await chat.send('buttons')
    await group('Shall I book the berth?').getByRole('button', { name: 'Not yet' }).click()
    await chat.waitForText('You chose “Not yet”.')

    await chat.send('list')
    const berths = group('Pick a berth')
    await berths.getByRole('button', { name: 'Berth 7 free at 15:30' }).click()
    await chat.waitForText('You chose “Berth 7”.')
    await berths.getByRole('button', { name: 'Berth 7', pressed: true }).waitFor()

    await chat.send('carousel')
    const boxes = group('Cards')
    const details = boxes.getByRole('link', { name: 'Details' }).first()
    expect(await attributesOf(details)).toEqual([
      'https://harbor.example/20ft',
      '_blank',
      'noopener noreferrer',
    ])
    await expectPictures(boxes, 2)
    await boxes.getByRole('button', { name: 'Choose 40 ft reefer' }).click()
    await chat.waitForText('You chose “Choose 40 ft reefer”.')

    await chat.send('time')
    const slots = group('Call from the harbour office')
    await slots.getByText(/Your time zone: .*(Berlin|Central European)/).waitFor()
    expect(await slots.getByRole('button').count()).toBe(3)
    await slots.getByRole('button').first().click()
    await chat.waitForText(/^You chose “.*\d+:\d\d.*”\.$/)

    await chat.expectComplete(conversationId)
    const bubbles = await chat.bubbles()
    await page.reload()
    await ports.getByRole('button', { name: 'Busan', pressed: true }).waitFor()
    expect(await berths.getByRole('button', { disabled: true }).count()).toBe(3)
    expect(await chat.bubbles()).toEqual(bubbles)
    expect(watch).toEqual(cleanWatch)
  })

  it('without choices are shown: links, files, citations, bursts and unknown types', async () => {
    const { watch, chat, conversationId } = await begin()
    const link = (name: string | RegExp) => chat.list.getByRole('link', { name })

    await chat.send('slow')
    await chat.send('link')
    expect(await link('Harbor map').getAttribute('href')).toBe('https://harbor.example/map')
    await expectPictures(link('Harbor map'), 1)

    await chat.send('links')
    const tides = chat.list.locator('a[href="https://harbor.example/tides"]')
    expect((await tides.innerText()).match(/harbor\S*/g)).toEqual(['harbor.example/tides'])

    await chat.send('media')
    await expectPictures(link('Open the gallery'), 1)

    await chat.send('file')
    await chat.waitForText('Your bill.')
    expect(
      await link(/PDF\s*bill\.pdf/)
        .first()
        .getAttribute('href'),
    ).toMatch(/\/bill\.pdf$/)
    await link(/copy of the bill\.pdf/).waitFor()

    await chat.send('web')
    expect(await link('Live view of the quay').getAttribute('href')).toBe(
      'https://harbor.example/live',
    )

    await chat.send('cite')
    await chat.waitForText('The harbour opens at six. Pilots are on duty all night.')
    expect(await link('Opening hours').getAttribute('href')).toBe('https://harbor.example/hours')

    await chat.send('entities')
    await chat.list.getByText("It's 5 < 6 & <b>bold</b>").waitFor()

    await chat.send('auto')
    await chat.waitForText('We are here from six to six.')
    await chat.last('other').getByText('automatic', { exact: true }).waitFor()

    const others = chat.list.locator('.miaw-message[data-side="other"]')
    const before = await others.count()
    await chat.send('unknown')
    await expect.poll(() => others.count()).toBe(before + 1)
    expect((await chat.last('other').locator('.miaw-bubble').innerText()).length).toBeGreaterThan(5)

    await chat.send('staff')
    await chat.waitForText(
      'The staff have written a note, raised a flag and consulted: you saw nothing.',
    )
    await chat.send('burst')
    await chat.waitForText('Message 20 of 20')
    await chat.waitForText('That took me five seconds.')
    await expect.poll(() => chat.widget.getByText(/is answering/).count()).toBe(0)
    expect((await chat.bubbles()).filter((text) => /^Message \d+ of 20$/.test(text))).toHaveLength(
      20,
    )
    expect((await chat.ids()).length).toBe(new Set(await chat.ids()).size)
    expect(conversationId).toBe((await chat.snapshot())?.conversationId)
    expect(watch).toEqual(cleanWatch)
  })

  it('with forms show what is wrong, send typed values, and show the result', async () => {
    const { page, watch, chat, conversationId, inject } = await begin()
    await chat.send('form')
    const form = chat.list.getByRole('group', { name: 'Booking', exact: true })
    await form.getByText('Tell us about your cargo').waitFor()
    await form.getByRole('button', { name: 'Send form' }).click()
    await form.getByText('Please answer this.').waitFor()
    const container = form.getByLabel('Container no.')
    expect(await container.and(page.locator(':focus')).count()).toBe(1)
    expect(await container.getAttribute('aria-invalid')).toBe('true')
    await container.fill('wrong')
    await form.getByRole('button', { name: 'Send form' }).click()
    await form.getByText('Please check the format.').waitFor()

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
      form.getByRole('button', { name: 'Send form' }).click(),
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
    await chat.waitForText('Thank you, I have your form with 7 answers.')
    await form.getByText('Filled in and sent').waitFor()
    expect(await container.isVisible()).toBe(false)
    expect(await chat.last('own').innerText()).toContain('HRBU1234567')

    await inject(smallForm)
    const small = chat.list.getByRole('group', { name: 'Weight', exact: true })
    await small.getByLabel('Tons').fill('12.5')
    await small.getByLabel('Refrigerated').check()
    await small.getByRole('button', { name: 'Send form' }).click()
    await small.getByText('Filled in and sent').waitFor()
    await chat.expectComplete(conversationId)
    const inReplyToMessageId = await chat.last('own').getAttribute('data-id')
    await inject({ ...refusedForm, inReplyToMessageId })
    await chat.list.getByText('Number unknown').first().waitFor()
    await expect.poll(() => small.getByLabel('Tons').isEnabled()).toBe(true)
    expect(await small.getByLabel('Tons').inputValue()).toBe('12.5')

    await chat.choose('End chat')
    await chat.button('End chat').click()
    await chat.waitForStatus('Chat ended')
    expect(await small.getByLabel('Tons').isEnabled()).toBe(false)
    expect(watch).toEqual(cleanWatch)
  })

  it('about agents and sessions are shown, and every word is offered on the page', async () => {
    const { page, watch, chat } = await begin()
    const words = page.locator('#words')
    const offer = (name: string) => words.getByRole('button', { name, exact: true }).click()
    await offer('help')
    const help = await chat.list.getByText(/^I know: /).innerText()
    const known = help.replace(/^I know: |\.$/g, '').split(', ')
    expect((await words.getByRole('button').allTextContents()).toSorted()).toEqual(known.toSorted())

    await offer('busy')
    await chat.waitForText('Nobody is free to take the chat right now')
    await offer('agent')
    await chat.waitForText('Hello, this is Dana. How can I help you?')
    await chat.waitForStatus('Connected to Dana')
    await offer('transfer')
    await chat.waitForText('Lee joined the chat')
    await chat.waitForStatus('Connected to Lee')
    await offer('bye')
    await expect.poll(chat.notices, patience).toContain('Agent ended this session')
    await chat.send('quick')
    await expect.poll(() => chat.message(greeting).count(), patience).toBe(2)
    await offer('end')
    await expect.poll(chat.notices, patience).toContain('This session has ended')
    expect(watch).toEqual(cleanWatch)
  })
})

const attributesOf = (link: Locator) =>
  link.evaluate((node) => ['href', 'target', 'rel'].map((name) => node.getAttribute(name)))

/** Expects `count` pictures, all of them loaded; the sandbox's are 480 pixels wide. */
async function expectPictures(within: Locator, count: number): Promise<void> {
  const images = within.locator('img')
  await expect.poll(() => images.count()).toBe(count)
  for (const image of await images.all()) {
    await image.scrollIntoViewIfNeeded()
    await expect
      .poll(() => image.evaluate((node) => 'naturalWidth' in node && node.naturalWidth))
      .toBe(480)
  }
}

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
