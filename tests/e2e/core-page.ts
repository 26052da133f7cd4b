/** Drives the built client on a page that shows nothing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { compileModules } from '../../scripts/build/modules.js'
import { writeFiles } from '../../scripts/build/write.js'
import { type Deployment, type DeploymentOptions, useDeployment } from './deployment.js'
import { messagesIn, type StoredMessage } from './sandbox.js'

const script = `import { createChat } from '/client/core/index.js'
import { tabs } from '/client/core/tabs.js'
import { upload } from '/client/core/upload.js'
globalThis.chat = createChat({ baseUrl: '', tabs })
globalThis.upload = upload
chat.start()`

const html = `<!doctype html><title>Chat</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`

/** Deploys a page at `/` that shows nothing and has a chat that starts at once, and one without. */
export function useCorePages(options: Pick<DeploymentOptions, 'hasShortPauses'> = {}): Deployment {
  const publicFiles = mkdtempSync(join(tmpdir(), 'client-page-'))
  beforeAll(async () => {
    writeFiles(publicFiles, {
      ...(await compileModules()),
      'page.js': script,
      'index.html': html,
      'other.html': '<!doctype html><title>Another page</title>',
    })
  })
  afterAll(() => rmSync(publicFiles, { recursive: true }))
  return useDeployment({ publicFiles, ...options })
}

export type CorePage = ReturnType<typeof corePage>

/** Returns the actions and checks of tests with the client in a page. */
export function corePage(page: Page, { sandbox }: Deployment) {
  const snapshot = () => page.evaluate(() => chat.getSnapshot())
  const texts = async () =>
    (await snapshot()).messages.filter(({ messageType }) => messageType === 'StaticContentMessage')

  const actions = {
    page,
    snapshot,
    waitForConnection: (connection: string) =>
      page.waitForFunction((wanted) => chat.getSnapshot().connection === wanted, connection),
    send: (...sent: string[]) =>
      page.evaluate((given) => given.map((text) => chat.send(text)), sent),
    waitForText: (text: string) =>
      page.waitForFunction(
        (wanted) =>
          chat
            .getSnapshot()
            .messages.some((each) => each.text === wanted && each.delivery === 'delivered'),
        text,
      ),
    /** Returns the texts in order, each with its delivery: `Hello sent`. */
    deliveries: async () => (await texts()).map(({ text, delivery }) => `${text} ${delivery}`),
    async conversationId(): Promise<string> {
      return (await snapshot()).conversationId ?? ''
    },
    /** Returns the messages of the conversation that Salesforce has. */
    async stored(): Promise<StoredMessage[]> {
      return messagesIn(sandbox, await actions.conversationId())
    },
    async sendAsAgent(...sent: string[]): Promise<void> {
      const entries = sent.map((text) => ({ text }))
      await sandbox('POST', `/conversations/${await actions.conversationId()}/entries`, { entries })
    },
    /** Expects that Salesforce has exactly these texts of the visitor, in order, and that the page shows every message once. */
    async expectComplete(...sent: string[]): Promise<void> {
      for (const text of sent) await actions.waitForText(text)
      const stored = await actions.stored()
      const own = stored.filter(({ role }) => role === 'EndUser')
      expect(own.map(({ text }) => text)).toEqual(sent)
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
