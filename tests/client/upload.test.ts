import { afterEach, describe, expect, it } from 'vitest'
import { globals, type Upload } from '../../client/core/browser-globals.js'
import { upload } from '../../client/core/upload.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
afterEach(() => {
  delete globals.XMLHttpRequest
})

/** Offers an XMLHttpRequest that the test answers; returns the requests that were sent. */
function offerXhr() {
  const sent: (Upload & { form?: FormData; headers: Record<string, string>; status: number })[] = []
  globals.XMLHttpRequest = class implements Upload {
    upload: Upload['upload'] = { onprogress: null }
    onload: Upload['onload'] = null
    onerror: Upload['onerror'] = null
    onabort: Upload['onabort'] = null
    status = 0
    responseText = ''
    headers: Record<string, string> = {}
    form?: FormData
    open() {}
    setRequestHeader(name: string, value: string) {
      this.headers[name] = value
    }
    getResponseHeader = (name: string) => (name === 'retry-after' ? '3' : null)
    send(form: FormData) {
      this.form = form
      sent.push(this)
    }
    abort() {
      this.onabort?.()
    }
  }
  return sent
}

const file = new File(['Invoice'], 'invoice.txt', { type: 'text/plain' })

describe('a file', () => {
  it('is shown at once with its progress and is sent as a form under its id', async () => {
    const sent = offerXhr()
    const { chat } = await harness.begin()
    const id = upload(chat, file, { text: 'My invoice' })
    const shown = () => chat.getSnapshot().messages.at(-1)
    expect(shown()).toMatchObject({
      id,
      text: 'My invoice',
      attachments: [{ name: 'invoice.txt' }],
    })
    await advance(10)
    const [xhr] = sent
    expect(xhr?.form?.get('id')).toBe(id)
    expect(xhr?.form?.get('file')).toBeInstanceOf(File)
    expect(xhr?.headers).toEqual({ authorization: 'Bearer token1' })
    xhr?.upload.onprogress?.({ loaded: 1, total: 4 })
    expect(shown()?.progress).toBe(0.25)
    const { conversationId } = chat.getSnapshot()
    const timestamp = new Date().toISOString()
    Object.assign(xhr ?? {}, {
      status: 202,
      responseText: JSON.stringify({ id, conversationId, timestamp, duplicate: false }),
    })
    xhr?.onload?.()
    await advance(10)
    expect(shown()?.delivery).toBe('sent')
  })

  it('is sent again under its id, before the next message, when the connection breaks', async () => {
    const sent = offerXhr()
    const { chat, deliveries } = await harness.begin()
    const id = upload(chat, file)
    chat.send('And this')
    await advance(10)
    sent[0]?.onerror?.()
    await advance(1500)
    expect(sent.map(({ form }) => form?.get('id'))).toEqual([id, id])
    expect(deliveries()).toEqual(['invoice.txt sending', 'And this sending'])
  })

  it('waits for Retry-After, and fails with the problem payload_too_large', async () => {
    const sent = offerXhr()
    const { chat, deliveries } = await harness.begin()
    upload(chat, file)
    await advance(10)
    Object.assign(sent[0] ?? {}, { status: 429, responseText: 'busy' })
    sent[0]?.onload?.()
    await advance(2900)
    expect(sent).toHaveLength(1)
    await advance(200)
    const { body } = harness.gateway.problem(413, 'payload_too_large')
    Object.assign(sent[1] ?? {}, { status: 413, responseText: JSON.stringify(body) })
    sent[1]?.onload?.()
    await advance(10)
    expect(deliveries()).toEqual(['invoice.txt failed'])
    expect(chat.getSnapshot().messages[0]?.problem?.code).toBe('payload_too_large')
  })

  it('is sent by fetch where there is no XMLHttpRequest', async () => {
    const { chat } = await harness.begin()
    upload(chat, file)
    await advance(10)
    expect(harness.gateway.paths()).toContain('/api/upload')
  })
})
