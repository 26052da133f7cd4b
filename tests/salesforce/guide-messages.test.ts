import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { message as messageSchema } from '../../lib/contract/messages.js'
import { idOf, toEntry } from '../../lib/salesforce/guide/messages.js'

const envelope = {
  id: 'msg_abc123',
  conversationId: 'conv_xyz789',
  sender: { role: 'Agent', displayName: 'Service Agent' },
  timestamp: '2026-01-15T10:30:00.000Z',
}

/** Returns the message as a frontend sees it. */
function shown(body: object, more: object = {}) {
  const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
  const entry = toEntry({ ...envelope, ...body, ...more })
  return messageSchema.parse({ ...entry?.message, conversationId })
}

const option = { itemId: 'a', title: 'Apples' }

describe('a message of the guide', () => {
  it('has an id of the gateway’s form, the same each time, and its sender and time', () => {
    const body = { messageType: 'StaticContentMessage', staticContent: { text: 'Hello' } }
    expect(shown(body)).toMatchObject({
      id: idOf('msg_abc123'),
      sender: { role: 'Agent', displayName: 'Service Agent' },
      timestamp: '2026-01-15T10:30:00.000Z',
      text: 'Hello',
    })
    expect(idOf('msg_abc123')).not.toBe(idOf('msg_abc124'))
    expect(toEntry({ ...envelope, ...body })).toMatchObject({
      id: 'msg_abc123',
      at: Date.parse(envelope.timestamp),
      change: { kind: 'message', role: 'Agent' },
    })
  })

  it.each([
    [
      'quick replies',
      { messageType: 'QuickReplyMessage', quickReplies: { text: 'Which?', replies: [option] } },
      { text: 'Which?\n- Apples', quickReplies: { replies: [option], style: 'QuickReplies' } },
    ],
    [
      'a list',
      {
        messageType: 'ListPickerMessage',
        listPicker: { title: 'Pick', options: [{ ...option, subTitle: 'red' }] },
      },
      { text: 'Pick\n- Apples, red', listPicker: { options: [{ ...option, subTitle: 'red' }] } },
    ],
    [
      'a link',
      {
        messageType: 'RichLinkMessage',
        richLink: { title: 'Map', url: 'https://a.example/', imageUrl: 'https://a.example/i.png' },
      },
      {
        richLink: { title: 'Map', url: 'https://a.example/', imageUrl: 'https://a.example/i.png' },
      },
    ],
    [
      'a file',
      {
        messageType: 'AttachmentMessage',
        attachments: [
          { id: 'f', name: 'a.pdf', mimeType: 'application/pdf', url: 'https://a.example/a.pdf' },
        ],
      },
      { text: 'a.pdf', attachments: [{ id: 'f', url: 'https://a.example/a.pdf' }] },
    ],
    [
      'a selection',
      { messageType: 'QuickReplySelectionMessage', quickReplySelection: option },
      { messageType: 'ChoiceResponseMessage', selections: [option], text: 'Apples' },
    ],
    [
      'a selection by its id alone',
      { messageType: 'QuickReplySelectionMessage', quickReplySelection: { itemId: 'a' } },
      { selections: [{ itemId: 'a', title: 'a' }] },
    ],
    [
      'a type that nobody knows',
      { messageType: 'HologramMessage', staticContent: { text: 'Look!' } },
      {
        messageType: 'UnknownMessage',
        text: 'Look!',
        original: { entryType: 'Message', messageType: 'HologramMessage' },
      },
    ],
    [
      'a body that is missing',
      { messageType: 'QuickReplyMessage' },
      { messageType: 'UnknownMessage' },
    ],
    [
      'a link that must not be opened',
      { messageType: 'RichLinkMessage', richLink: { title: 'Win', url: 'javascript:alert(1)' } },
      { messageType: 'StaticContentMessage', text: 'Win' },
    ],
  ])('shows %s', (_what, body, expected) => {
    expect(shown(body)).toMatchObject(expected)
  })

  it('of a bot is read as Markdown, and unwrapped; that of a person stays as it was typed', () => {
    const said = (text: string, role: string) =>
      shown({ messageType: 'StaticContentMessage', staticContent: { text } }, { sender: { role } })
    expect(said('At **nine**', 'Chatbot')).toMatchObject({
      text: 'At nine',
      staticContent: { text: 'At nine', markdown: 'At **nine**' },
    })
    expect(said('At **nine**', 'Agent').text).toBe('At **nine**')
    const suggestions = { type: 'suggestions', data: { display_text: ['Yes', 'No'] } }
    const envelope = JSON.stringify({ response: [suggestions] })
    expect(said(envelope, 'Chatbot')).toMatchObject({
      text: 'Yes · No',
      suggestions: ['Yes', 'No'],
    })
    expect(said('{"response":[]}', 'System').messageType).toBe('UnknownMessage')
  })

  it('leaves out control characters, and decodes entities of bots only', () => {
    const body = {
      messageType: 'StaticContentMessage',
      staticContent: { text: 'a\u0007b\u202e &amp; c' },
    }
    expect(shown(body).text).toBe('ab &amp; c')
    expect(shown(body, { sender: { role: 'Chatbot' } }).text).toBe('ab & c')
  })

  it.each([
    [{ id: undefined }],
    [{ id: '' }],
    [{ id: 'a\nb' }],
    [{ timestamp: 'yesterday' }],
    [{ timestamp: undefined }],
    [{ timestamp: 9e15 }],
    [{ messageType: 7 }],
  ])('is passed over when nothing can be said of it: %j', (change) => {
    const body = { messageType: 'StaticContentMessage', staticContent: { text: 'Hello' } }
    expect(toEntry({ ...envelope, ...body, ...change })).toBeNull()
  })

  it('is from the system when its sender is nobody we know', () => {
    const body = { messageType: 'StaticContentMessage', staticContent: { text: 'Hello' } }
    for (const sender of [undefined, null, {}, { role: 'Admin' }, 'Agent'])
      expect(shown(body, { sender }).sender.role).toBe('System')
  })

  it('never breaks the contract, whatever it holds', () => {
    const types = [
      'StaticContentMessage',
      'QuickReplyMessage',
      'ListPickerMessage',
      'RichLinkMessage',
      'AttachmentMessage',
      'QuickReplySelectionMessage',
    ]
    const key = fc.constantFrom(
      'staticContent',
      'quickReplies',
      'listPicker',
      'richLink',
      'attachments',
      'quickReplySelection',
      'text',
      'title',
      'url',
      'replies',
      'options',
      'itemId',
      'imageUrl',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.constantFrom('https://a.example/', 'javascript:1', '', null, 7),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
      ),
    }))
    const listed = fc.tuple(fc.constantFrom(...types), fc.dictionary(key, tree, { maxKeys: 6 }))
    fc.assert(
      fc.property(listed, ([messageType, body]) => {
        const { text } = shown({ ...body, messageType })
        expect(typeof text).toBe('string')
      }),
      { numRuns: 500 },
    )
  })
})
