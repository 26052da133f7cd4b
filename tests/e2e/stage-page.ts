/** The widget alone on a page, in whatever state a test sets. */
import type { BrowserContext, BrowserContextOptions, Page, Route } from 'playwright-core'
import { now } from '../widget/fixtures/said.js'
import type { State } from '../widget/fixtures/states.js'
import { buildStage, type ReactVersion } from '../widget/stage/build.js'

const address = 'https://stage.example/'
const isPicture = /^https:\/\/pictures\.example\//

/** What the widget can be told beside its chat; see `ChatWidgetProps`. */
export type Props = {
  layout?: 'launcher' | 'inline'
  defaultOpen?: boolean
  language?: string
  theme?: 'auto' | 'light' | 'dark'
}

/** 480 by 270 of harbour, for all pictures of the fixtures. */
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="270">
<rect width="480" height="270" fill="#7fb3c8"/><path d="M0 190h480v80H0z" fill="#0e6377"/>
<path d="M90 190l30 40h230l40-40z" fill="#b3402e"/><path d="M150 130h40v60h-40zm50 20h40v40h-40zm50-30h40v70h-40z" fill="#e0a13a"/></svg>`

export type Lookout = Awaited<ReturnType<typeof openLookout>>

/** A page with the widget on it; `requests` is what it asked for beside pictures, which it gets. */
export async function openLookout(context: BrowserContext, version: ReactVersion = 19) {
  const page = await context.newPage()
  const requests: string[] = []
  const errors: string[] = []
  const html = await buildStage(version)
  const answer = (route: Route) => {
    const url = route.request().url()
    if (url === address) return route.fulfill({ contentType: 'text/html', body: html })
    if (isPicture.test(url)) return route.fulfill({ contentType: 'image/svg+xml', body: drawing })
    requests.push(url)
    return route.abort()
  }
  await page.route(/^(https?|ftp|file):/, answer)
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.clock.setFixedTime(now)
  await page.goto(address)

  return {
    page,
    requests,
    errors,
    /** Shows this, anew or in the place of what is shown. */
    async show(state: State, props: Props = { layout: 'inline' }): Promise<void> {
      await page.evaluate(([given, told]) => stage.show(given, told), [state, props] as const)
      await settle(page)
    },
    /** Empties the page first. */
    async reload(): Promise<void> {
      await page.goto(address)
    },
  }
}

/** How a stage is looked at. */
export const looking: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  reducedMotion: 'reduce',
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
}

/** What is rendered late; pictures beyond the edge never load, and are not waited for. */
const settle = (page: Page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')

declare const stage: {
  show(state: State, props: Props): void
}
