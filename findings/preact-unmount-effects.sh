#!/usr/bin/env bash
# When the clean-up of `useEffect` runs after an unmount that is asked for synchronously.
# One would guess: before `render(null, root)` or `root.unmount()` returns, as Preact 10, React 18 and
# React 19 have it.
# Preact 11 cleans layout effects up at once, but effects only behind the next frame, when the elements
# are long out of the document. What an effect holds (a timer, a subscription, a lock) acts once more in
# between, and a test that unmounts and looks at once sees it still there.
# Seen with preact 10.27.2 and 11.2.0, react 18.3.1 and 19.2.0, jsdom 26.1.0, Node 20.20.2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Installs packages into a folder of their own, and runs the probe of one library there.
probe() {
  local name=$1
  shift
  mkdir "$folder/$name"
  cd "$folder/$name"
  npm init -y >/dev/null
  npm install --silent --no-audit --no-fund jsdom@26.1.0 "$@"
  cp "$folder/probe.mjs" .
  node probe.mjs "$name"
}

cat >"$folder/probe.mjs" <<'JS'
import { deepStrictEqual } from 'node:assert'
import { JSDOM } from 'jsdom'

const [, , name] = process.argv
const { window } = new JSDOM('', { pretendToBeVisual: true })
const { document, navigator, requestAnimationFrame, cancelAnimationFrame } = window
for (const [key, value] of Object.entries({
  window,
  document,
  navigator,
  requestAnimationFrame,
  cancelAnimationFrame,
})) {
  Object.defineProperty(globalThis, key, { value, configurable: true, writable: true })
}

/** Returns the library's hooks, and functions that show a component and remove it. */
async function load() {
  const root = document.createElement('div')
  if (name.startsWith('preact')) {
    const { h, render } = await import('preact')
    const hooks = await import('preact/hooks')
    return { ...hooks, h, show: (node) => render(node, root), remove: () => render(null, root) }
  }
  const { default: react } = await import('react')
  const { default: dom } = await import('react-dom/client')
  const mounted = dom.createRoot(root)
  return {
    ...react,
    h: react.createElement,
    show: (node) => mounted.render(node),
    remove: () => mounted.unmount(),
  }
}

const { h, useEffect, useLayoutEffect, show, remove } = await load()
const log = []
function Widget() {
  useEffect(() => () => log.push('effect'), [])
  useLayoutEffect(() => () => log.push('layout effect'), [])
  return h('p')
}
const frames = () => new Promise((go) => setTimeout(go, 200))
show(h(Widget))
await frames()
remove()
log.push('returned')
await frames()
console.log(process.version, name, log)
const expected = {
  'preact-10': ['effect', 'layout effect', 'returned'],
  'preact-11': ['layout effect', 'returned', 'effect'],
  'react-18': ['layout effect', 'effect', 'returned'],
  'react-19': ['layout effect', 'effect', 'returned'],
}
deepStrictEqual(log, expected[name])
JS

probe preact-10 preact@10.27.2
probe preact-11 preact@11.2.0
probe react-18 react@18.3.1 react-dom@18.3.1
probe react-19 react@19.2.0 react-dom@19.2.0
