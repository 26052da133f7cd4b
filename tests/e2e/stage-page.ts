/** The widget alone on a page, in whatever state a test sets. */
import type { BrowserContext, BrowserContextOptions, Page, Route } from 'playwright-core'
import type { Snapshot } from '../../client/core/index.js'
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

type Call = { verb: string; args: unknown[] }

/** Shows the widget of a page what a test says, and tells what it asked of its chat. */
function stageIn(page: Page) {
  const ask = <T>(verb: string, ...args: unknown[]) =>
    page.evaluate<T>(`stage.${verb}(...${JSON.stringify(args)})`)
  return {
    page,
    show: (snapshot: Partial<Snapshot>, props: object = {}) => ask<void>('show', snapshot, props),
    /** Tells the widget an event of its chat. */
    emit: (type: string, detail: object) => ask<void>('emit', type, detail),
    /** Makes a verb of the chat answer with a problem. */
    refuse: (verb: string, code: string) => ask<void>('refuse', verb, { code, retryable: false }),
    /** With what a verb of the chat was called, each time. */
    async callsOf(wanted: string): Promise<unknown[][]> {
      const calls = await page.evaluate<Call[]>('stage.calls')
      return calls.filter(({ verb }) => verb === wanted).map(({ args }) => args)
    },
    /** What has the focus, by its label or its text. */
    focused: () =>
      page.evaluate<string>(
        'document.activeElement.ariaLabel ?? document.activeElement.textContent',
      ),
  }
}

/** Puts a stage, as `buildStage` makes it, into a page. */
export async function openStage(page: Page, html: string) {
  await page.goto('about:blank')
  await page.setContent(html)
  return stageIn(page)
}

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

  const stage = stageIn(page)
  return {
    ...stage,
    requests,
    errors,
    /** Shows this, anew or in the place of what is shown, and waits until it is drawn. */
    async show(state: State, props: Props = { layout: 'inline' }): Promise<void> {
      await stage.show(state, props)
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
