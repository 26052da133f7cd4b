import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { api, baseUrl, createGuest } from './salesforce-visitor.js'

const attachments = { endUserToAgent: true, maxFileSize: 1 }
const salesforce = createSalesforce({ switches: instant, attachments })

afterEach(() => salesforce.reset())

type Part = { name?: string; type?: string; bytes?: number; message?: object; entry?: string }

/** Builds the two parts of sendFile. */
function formOf(options: Part = {}) {
  const message = { id: randomUUID(), fileId: randomUUID(), ...options.message }
  const entry =
    options.entry ?? JSON.stringify({ esDeveloperName: 'Harbor_Custom_Client', message })
  const form = new FormData()
  form.set('messageEntry', new Blob([entry], { type: 'application/json' }))
  const data = new Uint8Array(options.bytes ?? 5).fill(65)
  form.set(
    'fileData',
    new Blob([data], { type: options.type ?? 'image/png' }),
    options.name ?? 'a.png',
  )
  return { form, messageId: message.id }
}

async function visit(org = salesforce) {
  const guest = await createGuest(org)
  await guest.create()
  const send = async (body: FormData | string) => {
    const url = `${baseUrl}${api}/conversation/${guest.conversationId}/file`
    const headers = { authorization: `Bearer ${guest.token}` }
    const response = await org.handle(new Request(url, { method: 'POST', headers, body }))
    return { status: response.status, body: await response.json() }
  }
  return { ...guest, send }
}

describe('a file', () => {
  test('is listed as an attachment, can be fetched, and is answered', async () => {
    const guest = await visit()
    const { form, messageId } = formOf({ name: 'my bill.png', message: { text: 'My bill' } })
    const sent = await guest.send(form)
    expect(sent).toMatchObject({ status: 202, body: { conversationEntries: [{ id: messageId }] } })
    const [reply, entry] = await guest.list()
    expect(entry).toMatchObject({
      identifier: messageId,
      sender: { role: 'EndUser' },
      entryPayload: {
        abstractMessage: {
          messageType: 'StaticContentMessage',
          staticContent: {
            formatType: 'Attachments',
            text: 'My bill',
            attachments: [{ name: 'my bill.png', mimeType: 'image/png' }],
          },
        },
      },
    })
    expect(reply?.entryPayload.abstractMessage?.staticContent?.text).toContain('my bill.png')
    const [url] = /https:[^"]+/.exec(JSON.stringify(entry)) ?? []
    const file = await salesforce.handle(new Request(url ?? ''))
    expect(file.headers.get('content-type')).toBe('image/png')
    expect(await file.text()).toBe('AAAAA')
    expect(salesforce.exchanges.flatMap(violations)).toEqual([])
    expect(
      salesforce.exchanges.find(({ operationId }) => operationId === 'sendFile'),
    ).toMatchObject({ requestBody: { fileData: 'my bill.png (image/png, 5 bytes)' } })
  })

  test('sent twice with one id is stored once', async () => {
    const guest = await visit()
    const { form, messageId } = formOf()
    expect((await guest.send(form)).status).toBe(202)
    expect((await guest.send(form)).status).toBe(202)
    const copies = (await guest.list()).filter(({ identifier }) => identifier === messageId)
    expect(copies).toHaveLength(1)
  })

  test.each([
    ['too large', 413, formOf({ bytes: 1024 * 1024 + 1 }).form],
    ['of a refused type', 415, formOf({ type: 'text/html', name: 'a.html' }).form],
    ['without a deployment', 400, formOf({ entry: '{}' }).form],
    ['with a description that is no JSON', 400, formOf({ entry: '{' }).form],
    ['with an upper-case id', 400, formOf({ message: { id: randomUUID().toUpperCase() } }).form],
    ['not multipart', 400, '{}'],
  ])('%s is refused with %i', async (_why, status, body) => {
    const guest = await visit()
    const before = await guest.timeline()
    const answer = await guest.send(body)
    expect(answer).toEqual({
      status,
      body: { message: expect.any(String), errorCode: expect.any(String) },
    })
    expect(await guest.timeline()).toEqual(before)
  })

  test('whose bytes are missing is refused', async () => {
    const guest = await visit()
    const { form } = formOf()
    form.delete('fileData')
    expect((await guest.send(form)).status).toBe(400)
  })

  test('is refused where attachments are off', async () => {
    const guest = await visit(createSalesforce({ switches: instant }))
    expect((await guest.send(formOf().form)).status).toBe(403)
  })

  test('that was never sent is not found', async () => {
    const request = new Request(`${baseUrl}/sandbox-files/069ZZ0000000099/a.png`)
    expect((await salesforce.handle(request)).status).toBe(404)
  })
})
