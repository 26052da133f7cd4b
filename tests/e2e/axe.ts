/** Runs axe-core on a page. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const source = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

type Violation = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }

/** Returns the violations of all rules, best practices included, one line for each element; `off` names rules that do not apply. */
export async function violationsIn(page: Page, off: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(source)
  const rules = Object.fromEntries(off.map((id) => [id, { enabled: false }]))
  const options = JSON.stringify({ rules, resultTypes: ['violations'] })
  const violations: Violation[] = await page.evaluate(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 300)} ${failureSummary}`),
  )
}
