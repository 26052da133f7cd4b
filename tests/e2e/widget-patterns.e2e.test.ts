/** Checks in Chromium that the pattern of a form's input never holds the page up. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { message } from '../widget/fixtures/message.js'
import { hasBrowser } from './browser.js'
import { inline, open, useStages } from './widget-stages.js'

/** Bounds what one check may take, in milliseconds. */
const longestMs = 50

/** Is the heaviest pattern that is checked: each character of a text has a hundred ways to go. */
const manySets = `(?:${Array.from({ length: 99 }, (_, index) => `[a${String.fromCharCode(256 + index)}]`).join('|')})*`

const formWith = (pattern: string) =>
  message('Chatbot', '09:42', {
    id: 'form',
    messageType: 'FormMessage',
    form: {
      title: 'Booking',
      inputs: [{ inputId: 'code', type: 'multiline', label: 'Code', required: true, pattern }],
    },
  })

/** Returns what some work takes of the page's own thread, in milliseconds, on a busy machine as well. */
async function threadMs(page: Page, work: () => Promise<unknown>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  async function taskMs(): Promise<number> {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
  }
  const before = await taskMs()
  await work()
  const after = await taskMs()
  await session.detach()
  return after - before
}

/** Clicks the button of the form. */
const click =
  "[...document.querySelectorAll('button')].find((each) => each.innerText === 'Send form').click()"

describe.skipIf(!hasBrowser())("a form's pattern", () => {
  const { stageOf } = useStages()

  it.each([
    ['a text just short enough to be checked', 165],
    ['a text too long to be checked', 4000],
  ])('holds the page up for less than 50 ms with many ways through %s', async (_, length) => {
    const times: number[] = []
    for (let round = 0; round < 3; round += 1) {
      const { page, show, callsOf } = await stageOf()
      await show({ ...open, messages: [formWith(manySets)] }, inline)
      await page.getByLabel('Code').fill('a'.repeat(length))
      times.push(await threadMs(page, () => page.evaluate(click)))
      expect(await callsOf('reply')).toHaveLength(1)
    }
    expect(Math.min(...times)).toBeLessThan(longestMs)
  })

  it('with quantifiers inside of quantifiers is checked', async () => {
    const { page, show, callsOf } = await stageOf()
    await show({ ...open, messages: [formWith('(\\d+-?)+')] }, inline)
    await page.getByLabel('Code').fill('12-x')
    await page.getByRole('button', { name: 'Send form' }).click()
    await page.getByText('Please check the format.').waitFor()
    await page.getByLabel('Code').fill('12-34')
    await page.getByRole('button', { name: 'Send form' }).click()
    expect(await callsOf('reply')).toMatchObject([['form', { values: [{ value: '12-34' }] }]])
  })
})
