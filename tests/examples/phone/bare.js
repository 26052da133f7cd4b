/**
 * Takes away from Node what React Native lacks, and puts React Native's own kind of uploads in its place.
 * Its `AbortController` (abort-controller 3) knows no `throwIfAborted`, `timeout` or `any`.
 */
import { readFileSync } from 'node:fs'
import { network } from './net-info.js'

const { fetch, FormData, Blob } = globalThis

const missing = [
  ...['crypto', 'navigator', 'BroadcastChannel', 'TextEncoder', 'TextDecoder', 'structuredClone'],
  ...['DOMException', 'EventTarget', 'MessageChannel', 'performance', 'atob', 'btoa'],
]
for (const name of missing) delete globalThis[name]
delete AbortSignal.prototype.throwIfAborted
delete AbortSignal.timeout
delete AbortSignal.any

globalThis.fetch = async (...request) => {
  if (!network.isConnected) throw new TypeError('Network request failed')
  return fetch(...request)
}

/** Takes a file by its address, as `{ uri, name, type }`. */
globalThis.FormData = class {
  parts = []
  append(...part) {
    this.parts.push(part)
  }
}

function sent({ parts }) {
  const form = new FormData()
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value)
    else {
      const bytes = readFileSync(new URL(value.uri))
      form.append(name, new Blob([bytes], { type: value.type }), value.name)
    }
  }
  return form
}

globalThis.XMLHttpRequest = class {
  upload = {}
  headers = {}
  open(method, url) {
    Object.assign(this, { method, url })
  }
  setRequestHeader(name, value) {
    this.headers[name] = value
  }
  getResponseHeader = () => null
  abort() {}
  async send(form) {
    const { method, headers } = this
    this.upload.onprogress({ loaded: 1, total: 2 })
    const response = await fetch(this.url, { method, headers, body: sent(form) })
    Object.assign(this, { status: response.status, responseText: await response.text() })
    this.onload()
  }
}
