import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { problems } from '../../lib/problem.js'
import { hasBrowser } from './browser.js'
import { cleanWatch, useDeployment } from './deployment.js'

const artifact = (name: string) =>
  fileURLToPath(new URL(`../artifacts/${name}.png`, import.meta.url))

describe.skipIf(!hasBrowser())('the API reference at /docs', () => {
  const deployment = useDeployment()

  async function openReference(hash = '', options: BrowserContextOptions = {}) {
    const desktop = { viewport: { width: 1280, height: 900 } }
    const { page, watch } = await deployment.open({ ...desktop, ...options }, `/docs${hash}`)
    await page.locator('article').first().waitFor()
    return { page, watch }
  }

  const endpoints = ['/api/auth', '/api/start', '/api/send', '/api/poll', '/api/end']

  it.each(['light', 'dark'] as const)(
    'shows the five endpoints in %s, within its CSP',
    async (colorScheme) => {
      const { page, watch } = await openReference('', { colorScheme })
      const headings = await page.locator('article h3').allTextContents()
      for (const path of endpoints) expect(headings.join('\n')).toContain(path)
      await page.screenshot({ path: artifact(`docs-${colorScheme}`) })
      expect(watch).toEqual(cleanWatch)
    },
  )

  it('names the requests, problems, parameters and a call of send and poll', async () => {
    const { page } = await openReference()
    const send = page.locator('#send')
    for (const words of ['TextMessage', 'TypingIndicator', 'ReadReceipt', 'curl', 'id_reused']) {
      expect(await send.textContent()).toContain(words)
    }
    const poll = await page.locator('#poll').textContent()
    for (const words of ['limit', 'integer', '1 to 100', 'default 50'])
      expect(poll).toContain(words)
  })

  it('has links to its own sections, the OpenAPI document and known problems only', async () => {
    const { page } = await openReference()
    const hrefs = await page
      .locator('a[href]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => `#${id}`))
    const inside = hrefs.filter((href) => href.startsWith('#'))
    expect(inside.filter((href) => !ids.includes(href))).toEqual([])
    const known = Object.keys(problems).map((code) => `/problems#${code}`)
    const outside = hrefs.filter((href) => !href.startsWith('#'))
    expect(
      outside.filter((href) => !['/openapi.json', '/problems', ...known].includes(href)),
    ).toEqual([])
  })

  it('opens at the endpoint of its fragment, and fits a phone of 360 pixels', async () => {
    const { page, watch } = await openReference('#poll', { viewport: { width: 360, height: 740 } })
    const box = await page.locator('#poll').boundingBox()
    expect(Math.abs(box?.y ?? 999)).toBeLessThan(100)
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(360)
    await page.screenshot({ path: artifact('docs-phone') })
    expect(watch.violations).toEqual([])
  })
})
