/** The built client on a page without a face: what it is told and what it says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { bundleCore, core } from '../../scripts/build/entries.js'
import { type Place, type PlaceOptions, usePlace } from './place.js'
import { messagesIn, type Told } from './sandbox.js'

const script = `import { createChat } from '/index.js'
import { tabs } from '/tabs.js'
import { upload } from '/upload.js'
globalThis.chat = createChat({ baseUrl: '', tabs })
globalThis.upload = upload
chat.start()`

const html = `<!doctype html><title>Chat</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`

/** A place whose page at `/` has a chat that starts at once, and nothing to see. */
export function useCorePages(options: Pick<PlaceOptions, 'isHasty'> = {}): Place {
  const publicFiles = mkdtempSync(join(tmpdir(), 'client-page-'))
  beforeAll(async () => {
    for (const name of core) writeFileSync(join(publicFiles, `${name}.js`), await bundleCore(name))
    writeFileSync(join(publicFiles, 'page.js'), script)
    writeFileSync(join(publicFiles, 'index.html'), html)
  })
  afterAll(() => rmSync(publicFiles, { recursive: true }))
  return usePlace({ publicFiles, ...options })
}

export type CorePage = ReturnType<typeof corePage>

/** What tests do with the client in a page. */
export function corePage(page: Page, { sandbox }: Place) {
  const snapshot = () => page.evaluate(() => chat.getSnapshot())
  const texts = async () =>
    (await snapshot()).messages.filter(({ messageType }) => messageType === 'StaticContentMessage')

  const actions = {
    page,
    snapshot,
    is: (connection: string) =>
      page.waitForFunction((wanted) => chat.getSnapshot().connection === wanted, connection),
    say: (...said: string[]) =>
      page.evaluate((given) => given.map((text) => chat.send(text)), said),
    sees: (text: string) =>
      page.waitForFunction(
        (wanted) =>
          chat
            .getSnapshot()
            .messages.some((each) => each.text === wanted && each.delivery === 'delivered'),
        text,
      ),
    /** Texts with what became of them, in order. */
    told: async () => (await texts()).map(({ text, delivery }) => `${text} ${delivery}`),
    async conversationId(): Promise<string> {
      return (await snapshot()).conversationId ?? ''
    },
    /** What Salesforce has of it. */
    async stored(): Promise<Told[]> {
      return messagesIn(sandbox, await actions.conversationId())
    },
    async agentSays(...said: string[]): Promise<void> {
      const entries = said.map((text) => ({ text }))
      await sandbox('POST', `/conversations/${await actions.conversationId()}/entries`, { entries })
    },
    /** Nothing is lost and nothing is twice: Salesforce has what was said, once and in order, and the page has it all. */
    async isWhole(...said: string[]): Promise<void> {
      for (const text of said) await actions.sees(text)
      const stored = await actions.stored()
      const own = stored.filter(({ role }) => role === 'EndUser')
      expect(own.map(({ text }) => text)).toEqual(said)
      const ids = stored.map(({ id }) => id).sort()
      const shown = async () => (await texts()).map(({ id }) => id).sort()
      await expect.poll(shown, { timeout: 15_000 }).toEqual(ids)
      const { messages } = await snapshot()
      expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
      expect(messages.filter(({ delivery }) => delivery !== 'delivered')).toEqual([])
    },
  }
  return actions
}

declare const chat: Chat
