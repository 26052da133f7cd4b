#!/usr/bin/env bash
# A relative `import()` within a classic script that comes from another origin.
# One would guess that it is resolved by the address of the script, as it is for a script of the same
# origin and for a module.
# It rejects: without CORS the script's address is hidden even from itself ("muted errors"), and there
# is nothing to resolve by. `document.currentScript.src` knows the address all the same, and an import
# of a whole address works; so does `crossorigin` on the tag. Bundlers that write relative chunks into
# a classic bundle for tag managers meet this only on pages of others.
# Seen with Chromium 150.0.7871.100 (Debian), playwright-core 1.65.1. Needs /usr/bin/chromium.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1
cat >probe.mjs <<'JS'
import { createServer } from 'node:http'
import { deepStrictEqual } from 'node:assert'
import { chromium } from 'playwright-core'

const files = {
  '/': '<!doctype html><title>page</title>',
  '/part.js': 'export const part = "part"',
  '/script.js': `{
    const { src } = document.currentScript
    const ended = (loading) => loading.then(({ part }) => part, ({ name }) => name)
    window.seen = Promise.all([
      ended(import('./part.js')),
      ended(import(new URL('./part.js', src))),
    ])
  }`,
}
async function serve() {
  const server = createServer(({ url }, response) => {
    const type = url === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' })
    response.end(files[url])
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${server.address().port}` }
}
const [site, other] = [await serve(), await serve()]
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
})

/** Returns how a relative import and a whole one end in a classic script. */
async function importsOf(origin, attributes) {
  const page = await browser.newPage()
  await page.goto(site.origin)
  const seen = await page.evaluate(
    async ([src, attributes]) => {
      const script = Object.assign(document.createElement('script'), { src, ...attributes })
      const loaded = new Promise((resolve) => script.addEventListener('load', resolve))
      document.head.append(script)
      await loaded
      return await window.seen
    },
    [`${origin}/script.js`, attributes],
  )
  await page.close()
  return seen
}

const seen = {
  'same origin': await importsOf(site.origin, {}),
  'other origin': await importsOf(other.origin, {}),
  'other origin, crossorigin': await importsOf(other.origin, { crossOrigin: 'anonymous' }),
}
console.log(browser.version(), seen)
await browser.close()
for (const { server } of [site, other]) server.close()
deepStrictEqual(seen, {
  'same origin': ['part', 'part'],
  'other origin': ['TypeError', 'part'],
  'other origin, crossorigin': ['part', 'part'],
})
JS
node probe.mjs
