#!/usr/bin/env bash
# An attribute of a custom element whose class has a method of that name, in JSX and templates.
# One would guess that `<x-panel open>` sets the attribute, as HTML does: a method is no property that
# takes a value, and with `open()` beside the attribute `open` the platform itself has such pairs.
# React 19, Preact and Vue look whether the name is "in" the element, and assign: the method is
# replaced by a text, and there is no attribute. React 18 sets the attribute.
# Seen with react 18.3.1 and 19.2.0, preact 10.27.2, vue 3.5.22, jsdom 26.1.0, Node 20.20.2.
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
for (const key of ['window', 'document', 'navigator', 'Element', 'SVGElement', 'HTMLElement']) {
  const value = key === 'window' ? window : window[key]
  Object.defineProperty(globalThis, key, { value, configurable: true, writable: true })
}
window.customElements.define(
  'x-panel',
  class extends window.HTMLElement {
    open() {}
  },
)

/** Renders `<x-panel open>` into an element. */
async function render(root) {
  if (name.startsWith('preact')) {
    const { h, render: show } = await import('preact')
    return show(h('x-panel', { open: '' }), root)
  }
  if (name.startsWith('vue')) {
    const { createApp, h } = await import('vue')
    return createApp({ render: () => h('x-panel', { open: '' }) }).mount(root)
  }
  const { default: react } = await import('react')
  const { default: dom } = await import('react-dom/client')
  dom.createRoot(root).render(react.createElement('x-panel', { open: '' }))
}

const root = window.document.createElement('div')
await render(root)
await new Promise((go) => setTimeout(go, 200))
const element = root.firstElementChild
const seen = { open: typeof element.open, attribute: element.getAttribute('open') }
console.log(process.version, name, seen)
const kept = { open: 'function', attribute: '' }
const replaced = { open: 'string', attribute: null }
deepStrictEqual(seen, name === 'react-18' ? kept : replaced)
JS

probe react-18 react@18.3.1 react-dom@18.3.1
probe react-19 react@19.2.0 react-dom@19.2.0
probe preact-10 preact@10.27.2
probe vue-3 vue@3.5.22
