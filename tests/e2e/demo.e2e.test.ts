/** Checks the demo page: the live view, the words to try, and the sandbox's controls. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { violationsIn } from './axe.js'
import { hasBrowser, type Watch } from './browser.js'
import { useDeployment } from './deployment.js'
import { quick } from './gateway.js'
import { greeting } from './widget-page.js'

const desktop = { viewport: { width: 1280, height: 800 } }

describe.skipIf(!hasBrowser())('the demo page', () => {
  const deployment = useDeployment()
  let page: Page
  let watch: Watch

  async function open(window: BrowserContextOptions): Promise<void> {
    ;({ page, watch } = await deployment.open(window))
  }
  beforeEach(() => open(desktop))

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const fact = (id: string) => page.locator(`#${id}`)
  const isOnline = () => fact('connection').filter({ hasText: 'online' }).waitFor()
  const chat = () => page.locator('miaw-chat')
  const reads = (text: string) => chat().getByText(text).first().waitFor()

  it('asks for the hours alone before a chat is started', async () => {
    await page.locator('#calls .path').first().waitFor()
    expect(await page.locator('#calls .path').allTextContents()).toEqual(['/api/availability'])
    expect(await fact('connection').textContent()).toBe('idle')
    expect(watch.errors).toEqual([])
  })

  it('sends a word on a click and lists the requests, without ids and cursors', async () => {
    await press('help')
    await isOnline()
    await reads('I know:')
    const paths = await page.locator('#calls .path').allTextContents()
    for (const path of ['/api/auth', '/api/start', '/api/send', '/api/poll']) {
      expect(paths).toContain(path)
    }
    expect(await fact('pace').textContent()).toMatch(/^every [\d.]+ s$/)
    expect(await fact('age').textContent()).toMatch(/^\d+ s$/)
    expect(await page.locator('#calls').textContent()).not.toMatch(/conversationId|cursor=/)
    expect(watch.errors).toEqual([])
  })

  it('keeps the last twelve requests', async () => {
    let answers = 0
    page.on('requestfinished', (request) => {
      answers += Number(request.url().includes('/api/'))
    })
    await page.getByRole('button', { name: 'help', exact: true }).evaluate(clickTenTimes)
    await expect.poll(() => answers, { timeout: 20_000 }).toBeGreaterThan(12)
    await expect.poll(() => page.locator('#calls tr').count()).toBe(12)
  })

  it('has controls that hand over to an agent, transfer, send a burst, and let the agent leave', async () => {
    expect(await page.getByRole('button', { name: 'Agent joins' }).isDisabled()).toBe(true)
    await press('help')
    await isOnline()
    await press('Agent joins')
    await reads('Hello, this is Dana.')
    await press('Transfer')
    await reads('Hello, this is Lee.')
    await press('Burst of 60')
    await reads('60')
    await press('Agent leaves')
    await chat()
      .getByText(/left the chat/)
      .last()
      .waitFor()
    await press('Typing')
    await page.getByRole('status').filter({ hasText: 'hears events' }).waitFor()
  })

  it('shows an outage of 15 s in its status column, and is online again when it is over', async () => {
    await press('help')
    await isOnline()
    const [asked] = await Promise.all([
      page.waitForRequest('**/__sandbox/outages'),
      press('Outage of 15 s'),
    ])
    expect(asked.postDataJSON()).toEqual({ forMs: 15_000 })
    await page.locator('#calls [data-tone="bad"]').first().waitFor()
    await fact('connection').filter({ hasText: 'retrying' }).waitFor()
    await deployment.sandbox('DELETE', '/faults')
    await isOnline()
  })

  it('shows that a guest’s conversation is lost when Salesforce’s token expires', async () => {
    await press('help')
    await isOnline()
    await press('Tokens expire')
    await fact('connection').filter({ hasText: 'lost' }).waitFor()
    expect(await fact('pace').textContent()).toBe('stopped')
    expect(await page.getByRole('button', { name: 'Agent joins' }).isDisabled()).toBe(true)
  })

  it('shows the form before a chat after the word prechat, by its labels', async () => {
    await press('prechat')
    await reads('The next chat begins with a form.')
    await chat().getByRole('button', { name: 'More' }).click()
    await chat().getByRole('menuitem', { name: 'End chat' }).click()
    await chat().getByRole('button', { name: 'End chat' }).click()
    await chat().getByRole('button', { name: 'Start a new chat' }).click()
    const field = (label: string) => chat().getByRole('textbox', { name: label })
    await field('First name').fill('Mina')
    await field('Email').fill('mina@harbor.example')
    const completions = ['First name', 'Last name', 'Email', 'Phone'].map((label) =>
      field(label).getAttribute('autocomplete'),
    )
    expect(await Promise.all(completions)).toEqual(['given-name', 'family-name', 'email', 'tel'])
    expect(await chat().locator('.miaw-prechat').textContent()).not.toMatch(/_/)
    await chat().getByRole('button', { name: 'Start chat' }).click()
    await reads(greeting)
    await deployment.sandbox('DELETE', '/switches')
    await deployment.sandbox('PATCH', '/switches', quick)
  })

  it('changes theme, language, direction and layout of the chat', async () => {
    await press('Look')
    await press('Dark')
    await press('Deutsch')
    await press('Right to left')
    expect(await chat().getAttribute('theme')).toBe('dark')
    expect(await chat().getAttribute('language')).toBe('de')
    expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe('rtl')
    await press('In the corner')
    expect(await chat().getAttribute('layout')).toBe('launcher')
    expect(await chat().getAttribute('open')).toBe('')
    expect(watch.errors).toEqual([])
  })

  it.each(['light', 'dark'] as const)('breaks no rule of axe in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await press('help')
    await reads('I know:')
    await press('Look')
    expect(await violationsIn(page)).toEqual([])
  })

  it('fills a phone with the chat, folds the rest below, and fits 390 and 320 pixels', async () => {
    await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const box = await chat().boundingBox()
    expect(box?.height).toBeGreaterThan(700)
    expect(await page.getByRole('heading', { name: 'Words to try' }).isVisible()).toBe(false)
    await page.getByText('Behind the scenes').click()
    await press('quick')
    await reads('Which port?')
    expect(await page.evaluate('scrollY')).toBe(0)
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    }
  })
})

function clickTenTimes(button: { click(): void }): void {
  for (let times = 0; times < 10; times += 1) button.click()
}
