import { expect } from 'vitest'
import type { Watch } from '../e2e/browser.js'
import type { Opened } from '../e2e/deployment.js'

/** Lists the errors of a page, without failed responses, which are requested again on a busy machine. */
export function problemsOf({ errors, violations, foreignRequests }: Watch): string[] {
  const own = errors.filter((error) => !error.startsWith('Failed to load resource'))
  return [...own, ...violations, ...foreignRequests]
}

/** Drives what every small chat UI can do: start, ask, choose from what is offered, come back. */
export async function holdConversation({ page, watch }: Opened): Promise<void> {
  const log = page.getByRole('log', { name: 'Messages' })
  const says = (text: string) => log.getByText(text, { exact: true })
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  await press('Start')
  await says('Hello, I am the Harbor Assistant. How can I help you?').waitFor()
  await page.getByLabel('Your message').fill('quick')
  await page.getByLabel('Your message').press('Enter')
  await says('Which port?').waitFor()
  await press('Busan')
  await says('You chose “Busan”.').waitFor()
  expect(await page.getByRole('button', { name: 'Rotterdam' }).count()).toBe(0)
  await page.reload()
  await says('You chose “Busan”.').waitFor()
  expect(await says('quick').count()).toBe(1)
  expect(problemsOf(watch)).toEqual([])
}
