/** A stage in a page: shows the widget what a test says, and tells what it asked of its chat. */
import type { Page } from 'playwright-core'
import type { Snapshot } from '../../client/index.js'

type Call = { verb: string; args: unknown[] }

/** Puts a stage, as `buildStage` makes it, into a page. */
export async function openStage(page: Page, html: string) {
  await page.goto('about:blank')
  await page.setContent(html)
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
