/** Shows the widget alone on a page, in a state that the test sets. */
import type { BrowserContext, BrowserContextOptions, Page, Route } from 'playwright-core'
import type { Snapshot } from '../../client/core/index.js'
import type { Fallback } from '../../client/widget/props.js'
import { now } from '../widget/fixtures/message.js'
import { fallback, type State } from '../widget/fixtures/states.js'
import { buildStage, type ReactVersion } from '../widget/stage/build.js'

const address = 'https://stage.example/'
export const isPicture = /^https:\/\/pictures\.example\//

/** Properties of the widget beside its chat; see `ChatWidgetProps`. */
export type Props = {
  layout?: 'launcher' | 'inline'
  defaultOpen?: boolean
  language?: string
  theme?: 'auto' | 'light' | 'dark'
  fallback?: Fallback
}

/** A harbour of 480 by 270 pixels, for all pictures of the fixtures. */
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="270">
<rect width="480" height="270" fill="#7fb3c8"/><path d="M0 190h480v80H0z" fill="#0e6377"/>
<path d="M90 190l30 40h230l40-40z" fill="#b3402e"/><path d="M150 130h40v60h-40zm50 20h40v40h-40zm50-30h40v70h-40z" fill="#e0a13a"/></svg>`

/** Answers a request for a picture of the fixtures. */
export const servePicture = (route: Route): Promise<void> =>
  route.fulfill({ contentType: 'image/svg+xml', body: drawing })

type Call = { verb: string; args: unknown[] }

/** Returns the actions of tests with the stage of a page. */
function stageIn(page: Page) {
  const ask = <T>(verb: string, ...args: unknown[]) =>
    page.evaluate<T>(`stage.${verb}(...${JSON.stringify(args)})`)
  return {
    page,
    show: (snapshot: Partial<Snapshot>, props: object = {}) => ask<void>('show', snapshot, props),
    /** Emits an event of the chat. */
    emit: (type: string, detail: object) => ask<void>('emit', type, detail),
    /** Sets the gateway's hours; null: it does not answer. */
    setHours: (hours: object | null) => ask<void>('setHours', hours),
    /** Makes a method of the chat reject with a problem. */
    refuse: (verb: string, code: string) => ask<void>('refuse', verb, { code, retryable: false }),
    /** Returns the arguments of each call of a method of the chat. */
    async callsOf(wanted: string): Promise<unknown[][]> {
      const calls = await page.evaluate<Call[]>('stage.calls')
      return calls.filter(({ verb }) => verb === wanted).map(({ args }) => args)
    },
    /** Returns the label or the text of the element that has the focus. */
    focused: () =>
      page.evaluate<string>(
        'document.activeElement.ariaLabel ?? document.activeElement.textContent',
      ),
  }
}

/** Loads a stage, as `buildStage` makes it, into a page. */
export async function openStage(page: Page, html: string) {
  await page.goto('about:blank')
  await page.setContent(html)
  return stageIn(page)
}

export type StatePage = Awaited<ReturnType<typeof openStatePage>>

/** Opens a page with the widget on it. Pictures are served; `requests` lists the URLs of all other requests. */
export async function openStatePage(context: BrowserContext, version: ReactVersion = 19) {
  const page = await context.newPage()
  const requests: string[] = []
  const errors: string[] = []
  const html = await buildStage(version)
  const answer = (route: Route) => {
    const url = route.request().url()
    if (url === address) return route.fulfill({ contentType: 'text/html', body: html })
    if (isPicture.test(url)) return servePicture(route)
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
    /** Shows a state and waits until it is drawn. */
    async show(state: State, props: Props = { layout: 'inline' }): Promise<void> {
      await stage.show(state, { fallback, ...props })
      await settle(page)
    },
    /** Loads the page again, with an empty widget. */
    async reload(): Promise<void> {
      await page.goto(address)
    },
  }
}

/** Options of the browser window that shows the states. */
export const stateWindow: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  reducedMotion: 'reduce',
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
}

/** Waits for late rendering. It does not wait for pictures: those beyond the edge never load. */
const settle = (page: Page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
