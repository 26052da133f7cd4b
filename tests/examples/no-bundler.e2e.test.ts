import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { hasBrowser } from '../e2e/browser.js'
import { useDeployment } from '../e2e/deployment.js'

const page = readFileSync('examples/no-bundler/index.html', 'utf8')

describe.skipIf(!hasBrowser())('the example without a bundler', () => {
  const deployment = useDeployment({
    site: async () => {
      const html = page.replaceAll('http://127.0.0.1:3000', deployment.origin())
      return new Response(html, { headers: { 'content-type': 'text/html' } })
    },
  })

  it('shows the chat in the language of the page, which it loads from the gateway', async () => {
    const { page: shown, watch } = await deployment.open()
    await shown.getByRole('button', { name: 'Chat öffnen' }).click()
    await shown.getByRole('button', { name: 'Chat starten' }).waitFor()
    const loaded = 'performance.getEntriesByType("resource").map(({ name }) => name)'
    const scripts = z.array(z.string()).parse(await shown.evaluate(loaded))
    const parts = scripts.filter((name) => name.includes('/miaw-chat/'))
    expect(parts).toEqual([expect.stringMatching(/\/miaw-chat\/de-[0-9a-f]{8}\.js$/)])
    expect(watch.errors.filter((error) => !error.startsWith('Failed to load resource'))).toEqual([])
  })
})
