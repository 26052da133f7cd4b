import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installExample, runTool } from './install.js'

/** Tests the example in a version of Next.js, with the options of each of its bundlers. */
export function testNext(lock: string, bundlers: readonly (readonly string[])[]): void {
  describe(lock, () => {
    it.each(bundlers)('builds the example, and its HTML is in German: %j', async (...options) => {
      const folder = await installExample(lock, 'next')
      await runTool(folder, 'next', 'build', ...options)
      const html = readFileSync(join(folder, '.next/server/app/index.html'), 'utf8')
      expect(html).toContain('lang="de" aria-label="Hafenbüro"')
      expect(html).toContain('Chat öffnen')
    })
  })
}
