/** Measures one build of the element in a browser, once. */
import type { Browser, CDPSession, Page } from 'playwright-core'
import { percentile } from '../figures.js'
import { address, pageWith, scriptPath } from './page.js'

export type Size = {
  /** Counts the messages in the list. */
  messages: number
  /** Is the duration of the polling that is watched. */
  seconds: number
  /** Counts the polls over which the heap is watched. */
  polls: number
}

/** Slows the page down by this factor, except where the heap is watched. */
export const slowdown = 4

/** Is the size of the heap before this poll of no interest. */
const warmUpPolls = 200
const scrollFrames = 120
/** Is one and a half times the duration of a frame at 60 Hz: a longer one was dropped. */
const droppedMs = 25

/** Holds what one run measured; times are milliseconds. */
export type Figures = {
  /** Is the main thread's time for an element without a conversation. */
  aloneMs: number
  /** Is the time from the element's script to the paint of the newest message. */
  shownMs: number
  /** Is the main thread's time until half a second after that. */
  listMs: number
  /** Is the longest task meanwhile; 0 stands for all below 50. */
  longestMs: number
  /** Counts the tasks above 50 ms while the list is polled. */
  pollingTasks: number
  pollingLongestMs: number
  /** Is the main thread's time for each poll with a message. */
  pollMs: number
  frameMs: number
  /** Is the share of the frames that were dropped, in percent. */
  droppedPercent: number
  /** Is the time from the key that sends to the next paint. */
  sendMs: number
  heapBefore: number
  heapAfter: number
}

type Opened = { page: Page; devtools: CDPSession }

/** Holds the code of an element, and the parts that it loads later by their names. */
export type Element = { code: string; parts: Readonly<Record<string, string>> }

/** Opens the page in a context of its own, and closes it after the work. */
async function onPage<T>(
  browser: Browser,
  { code, parts }: Element,
  count: number,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 900, height: 800 } })
  try {
    const page = await context.newPage()
    await page.route(`${address}**`, (route) => {
      const path = route.request().url().slice(address.length)
      const script = path === scriptPath ? code : parts[path]
      return script === undefined
        ? route.fulfill({ contentType: 'text/html', body: pageWith(count) })
        : route.fulfill({ contentType: 'text/javascript', body: script })
    })
    await page.goto(address)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Performance.enable')
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    return await work({ page, devtools })
  } finally {
    await context.close()
  }
}

/** Returns the time that the main thread has worked so far. */
async function workedMs({ devtools }: Opened): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const found = metrics.find(({ name }) => name === 'TaskDuration')
  return (found?.value ?? Number.NaN) * 1000
}

/** Loads the element; returns the figures of the first paint. */
async function load(opened: Opened) {
  const before = await workedMs(opened)
  const shownMs = await opened.page.evaluate<number>('measure.load()')
  const workMs = (await workedMs(opened)) - before
  return { shownMs, workMs, longestMs: Math.max(0, ...(await longTasksOf(opened))) }
}

const longTasksOf = ({ page }: Opened) => page.evaluate<number[]>('measure.longTasks()')

async function watchPolling(opened: Opened, seconds: number) {
  const { page } = opened
  const start = await page.evaluate<number>('gateway.isTalking = true, gateway.polls')
  const before = await workedMs(opened)
  await page.waitForTimeout(seconds * 1000)
  const worked = (await workedMs(opened)) - before
  const polls = await page.evaluate<number>('gateway.isTalking = false, gateway.polls')
  const tasks = await longTasksOf(opened)
  return {
    pollingTasks: tasks.length,
    pollingLongestMs: Math.max(0, ...tasks),
    pollMs: worked / Math.max(1, polls - start),
  }
}

async function watchScrolling({ page }: Opened) {
  const times = await page.evaluate<number[]>(`measure.scroll(${scrollFrames})`)
  const dropped = times.filter((time) => time > droppedMs).length
  return {
    frameMs: percentile(
      times.toSorted((a, b) => a - b),
      0.95,
    ),
    droppedPercent: (dropped * 100) / times.length,
  }
}

async function watchSending({ page }: Opened): Promise<number> {
  const field = page.locator('miaw-chat').getByRole('textbox')
  await field.click()
  await page.keyboard.type('Thank you!')
  await page.evaluate('measure.awaitKey()')
  await page.keyboard.press('Enter')
  return page.evaluate<number>('measure.sent')
}

async function heapOf({ devtools }: Opened): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}

/** Polls as fast as timers go; nothing is new, so that the page has nothing to keep. */
async function watchHeap(opened: Opened, polls: number) {
  const { page, devtools } = opened
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  const start = await page.evaluate<number>('gateway.pollAfterMs = 0, gateway.polls')
  await page.evaluate(`measure.polls(${start + Math.min(warmUpPolls, polls)})`)
  const heapBefore = await heapOf(opened)
  await page.evaluate(`measure.polls(${start + polls})`)
  return { heapBefore, heapAfter: await heapOf(opened) }
}

/** Measures an element. */
export async function measureElement(
  browser: Browser,
  element: Element,
  { messages, seconds, polls }: Size,
): Promise<Figures> {
  const alone = await onPage(browser, element, 0, load)
  return onPage(browser, element, messages, async (opened) => {
    const { workMs, ...loaded } = await load(opened)
    return {
      ...{ aloneMs: alone.workMs, listMs: workMs, ...loaded },
      ...(await watchPolling(opened, seconds)),
      ...(await watchScrolling(opened)),
      sendMs: await watchSending(opened),
      ...(await watchHeap(opened, polls)),
    }
  })
}
