#!/usr/bin/env bash
# What another tab does to a page that lies in Chromium's back/forward cache.
# One would guess that both ways of telling other tabs something treat the cached page alike.
# - A message over a BroadcastChannel throws the page out of the cache, even when its channel has no
#   listener: going back loads it anew. A channel that nobody posts to does no harm, and neither does
#   one that the page closes on `pagehide`.
# - Writes to localStorage leave it in the cache. Their `storage` events are kept, and come one by
#   one, each with its value, after `pageshow`.
# Seen with Chromium 156.0.8078.108 (Debian), playwright-core 1.65.1. Needs /usr/bin/chromium.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1
cat >probe.mjs <<'JS'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { deepStrictEqual } from 'node:assert'
import { chromium } from 'playwright-core'

const server = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>page</title>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: ['--no-sandbox', '--disable-background-networking'],
})
console.log('Chromium', browser.version())
const context = await browser.newContext()

/** Leaves a page, lets another tab do something, goes back; returns what the page saw. */
async function visit(prepare, meanwhile) {
  const [page, other] = [await context.newPage(), await context.newPage()]
  await other.goto(`${origin}/other`)
  await page.goto(`${origin}/page`)
  await page.evaluate(() => {
    window.seen = []
    addEventListener('pageshow', () => window.seen.push('pageshow'))
    addEventListener('storage', ({ newValue }) => window.seen.push(`storage ${newValue}`))
  })
  await page.evaluate(prepare)
  await page.goto(`${origin}/elsewhere`)
  await other.evaluate(meanwhile)
  await sleep(500)
  await page.goBack({ waitUntil: 'commit' })
  await sleep(500)
  const seen = await page.evaluate(() => {
    const [{ notRestoredReasons }] = performance.getEntriesByType('navigation')
    return window.seen ?? notRestoredReasons.reasons.map(({ reason }) => reason)
  })
  await page.close()
  await other.close()
  return seen
}

const open = () => void (window.channel = new BroadcastChannel('news'))
const openUntilLeft = () => {
  const channel = new BroadcastChannel('news')
  addEventListener('pagehide', () => channel.close())
}
const post = () => new BroadcastChannel('news').postMessage('hello')
const write = () => ['one', 'two'].forEach((value) => localStorage.setItem('news', value))
const seen = {
  'channel, nobody posts': await visit(open, () => {}),
  'channel, another tab posts': await visit(open, post),
  'channel closed on pagehide, another tab posts': await visit(openUntilLeft, post),
  'localStorage, another tab writes twice': await visit(() => {}, write),
}
console.log(seen)
await browser.close()
server.close()
deepStrictEqual(seen, {
  'channel, nobody posts': ['pageshow'],
  'channel, another tab posts': ['broadcastchannel-message'],
  'channel closed on pagehide, another tab posts': ['pageshow'],
  'localStorage, another tab writes twice': ['pageshow', 'storage one', 'storage two'],
})
JS
node probe.mjs
