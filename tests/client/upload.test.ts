import { afterEach, describe, expect, it } from 'vitest'
import { globals, type Upload } from '../../client/core/browser-globals.js'
import { upload } from '../../client/core/upload.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
afterEach(() => {
  delete globals.XMLHttpRequest
})

/** An XMLHttpRequest that the test answers. */
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
  it('is shown at once, tells its progress, and is sent as a form under its id', async () => {
    const sent = offerXhr()
    const { chat } = await scene.begin()
    const id = upload(chat, file, { text: 'My invoice' })
    const shown = () => chat.getSnapshot().messages.at(-1)
    expect(shown()).toMatchObject({
      id,
      text: 'My invoice',
      attachments: [{ name: 'invoice.txt' }],
    })
    await pass(10)
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
    await pass(10)
    expect(shown()?.delivery).toBe('sent')
  })

  it('is sent again under its id when the connection breaks, in its turn', async () => {
    const sent = offerXhr()
    const { chat, told } = await scene.begin()
    const id = upload(chat, file)
    chat.send('And this')
    await pass(10)
    sent[0]?.onerror?.()
    await pass(1500)
    expect(sent.map(({ form }) => form?.get('id'))).toEqual([id, id])
    expect(told()).toEqual(['invoice.txt sending', 'And this sending'])
  })

  it('fails with its problem, and waits as long as the server says', async () => {
    const sent = offerXhr()
    const { chat, told } = await scene.begin()
    upload(chat, file)
    await pass(10)
    Object.assign(sent[0] ?? {}, { status: 429, responseText: 'busy' })
    sent[0]?.onload?.()
    await pass(2900)
    expect(sent).toHaveLength(1)
    await pass(200)
    const { body } = scene.gateway.problem(413, 'payload_too_large')
    Object.assign(sent[1] ?? {}, { status: 413, responseText: JSON.stringify(body) })
    sent[1]?.onload?.()
    await pass(10)
    expect(told()).toEqual(['invoice.txt failed'])
    expect(chat.getSnapshot().messages[0]?.problem?.code).toBe('payload_too_large')
  })

  it('goes by fetch where there is nothing that tells progress', async () => {
    const { chat } = await scene.begin()
    upload(chat, file)
    await pass(10)
    expect(scene.gateway.paths()).toContain('/api/upload')
  })
})
