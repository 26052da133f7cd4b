import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { createGuest, type ListedEntry } from './salesforce-visitor.js'

const salesforce = createSalesforce({ switches: instant })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-24T12:00:00.000Z') })
})

afterEach(() => {
  vi.useRealTimers()
  expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  salesforce.reset()
})

const messageOf = ({ entryPayload }: ListedEntry) => entryPayload.abstractMessage

/** What is listed after a guest has said a word to the bot, the oldest first, without the word. */
async function afterSaying(word: string) {
  const guest = await createGuest(salesforce)
  await guest.create()
  const before = (await guest.list({ limit: '50' })).length
  await guest.sendText(word)
  const entries = (await guest.list({ limit: '50', direction: 'FromStart' })).slice(before + 1)
  return { guest, entries }
}

describe('the bot', () => {
  test.each([
    ['quick', [{ messageType: 'ChoicesMessage', choices: { formatType: 'QuickReplies' } }]],
    ['buttons', [{ messageType: 'ChoicesMessage', choices: { formatType: 'Buttons' } }]],
    ['list', [{ messageType: 'ChoicesMessage', choices: { formatType: 'ListPicker' } }]],
    ['carousel', [{ messageType: 'ChoicesMessage', choices: { formatType: 'Carousel' } }]],
    ['time', [{ messageType: 'ChoicesMessage', choices: { formatType: 'TimePicker' } }]],
    ['form', [{ messageType: 'FormMessage', form: { formatType: 'Inputs' } }]],
    ['link', [{ staticContent: { formatType: 'RichLink', image: { assetType: 'ImageAsset' } } }]],
    ['links', [{ staticContent: { formatType: 'Links' } }]],
    ['media', [{ staticContent: { formatType: 'Media' } }]],
    [
      'file',
      [
        { staticContent: { formatType: 'Attachments' } },
        { staticContent: { formatType: 'ExternalAttachments' } },
      ],
    ],
    ['web', [{ staticContent: { formatType: 'WebView' } }]],
    ['cite', [{ staticContent: { formatType: 'Text', citationContent: {} } }]],
    ['entities', [{ staticContent: { text: expect.stringContaining('&#39;') } }]],
    ['unknown', [{ staticContent: { formatType: 'Hologram' } }]],
  ])('answers “%s” as the OpenAPI document says', async (word, expected) => {
    const { entries } = await afterSaying(word)
    expect(entries.map(messageOf)).toMatchObject(expected)
    expect(entries.every(({ sender }) => sender.role === 'Chatbot')).toBe(true)
  })

  test('shows every kind of input in its form', async () => {
    const { entries } = await afterSaying('form')
    const text = JSON.stringify(entries[0]?.entryPayload)
    const kinds = [...text.matchAll(/"inputType":"(\w+)"/g)].map(([, kind]) => kind)
    expect(new Set(kinds)).toEqual(
      new Set([
        'StaticTitle',
        'TextInput',
        'SelectInput',
        'OptionPickerInput',
        'SelectNavigationInput',
        'DatePickerInput',
        'DateTimePickerInput',
        'StaticFooter',
      ]),
    )
    expect(text).toContain('Multiline')
    expect(text).toContain('"multipleSelection":true')
  })

  test('marks an automated response', async () => {
    const { entries } = await afterSaying('auto')
    expect(entries[0]?.entryPayload.messageReason).toBe('AutomatedResponse')
  })

  test('lists what only staff should see', async () => {
    const { entries } = await afterSaying('staff')
    expect(entries.map(({ entryType }) => entryType)).toEqual([
      'Note',
      'FlagRaise',
      'ConsultConversationInfo',
      'Message',
    ])
  })

  test('stays when nobody is free', async () => {
    const { guest, entries } = await afterSaying('busy')
    expect(entries.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { routingType: 'Transfer', failureType: 'RoutingError', failureReason: 'No_Agent' },
      { entryType: 'Message' },
    ])
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })

  test('does not take a word of JavaScript for one of its own', async () => {
    const { guest } = await afterSaying('constructor')
    expect((await guest.timeline()).at(-1)).toMatch(/^Chatbot: You said “constructor”/)
  })
})

describe('a transfer', () => {
  test('goes from agent to agent by way of a queue', async () => {
    const { guest } = await afterSaying('agent')
    salesforce.switches.botDelayMs = 1_000
    await guest.sendText('transfer')
    vi.setSystemTime(Date.now() + 1_000)
    const waiting = (await guest.list()).slice(0, 4).reverse()
    expect(waiting.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { routingType: 'Transfer', estimatedWaitTime: { estimatedWaitTimeInSeconds: 120 } },
      { entries: [{ operation: 'remove', displayName: 'Dana' }] },
      { workType: 'Assigned' },
      { entryType: 'QueuePosition', position: 2 },
    ])
    expect((await guest.status()).body.routingStatus).toBe('TRANSFER')
    vi.setSystemTime(Date.now() + 2_000)
    const done = (await guest.list()).slice(0, 4).reverse()
    expect(done.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { position: 1 },
      { workType: 'Accepted' },
      { entries: [{ operation: 'add', displayName: 'Lee' }] },
      { entryType: 'Message' },
    ])
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })
})

describe('an answer to the bot', () => {
  /** Sends a reply to the last message of the bot. */
  async function replyTo(word: string, reply: object) {
    const { guest, entries } = await afterSaying(word)
    const message = { id: randomUUID(), inReplyToMessageId: entries[0]?.identifier, ...reply }
    const where = `/conversation/${guest.conversationId}/message`
    const body = { message, esDeveloperName: 'Harbor_Custom_Client' }
    expect((await guest.call('POST', where, { body })).status).toBe(202)
    return { guest, messageId: message.id }
  }

  const choosing = (title: string) => ({
    messageType: 'ChoicesResponseMessage',
    choicesResponse: {
      formatType: 'Selections',
      selectedOptions: [{ optionIdentifier: 'b1', optionTitle: { itemType: 'TitleItem', title } }],
    },
  })

  const filling = (inputId: string) => ({
    messageType: 'FormResponseMessage',
    formResponse: {
      formatType: 'Inputs',
      inputValues: [
        {
          inputValueType: 'SingleInputValue',
          inputId,
          value: { valueType: 'TextValue', textValue: 'HRBU1234567' },
        },
      ],
    },
  })

  test('that chooses is answered by the title', async () => {
    const { guest } = await replyTo('quick', choosing('Busan'))
    expect((await guest.timeline()).at(-1)).toBe('Chatbot: You chose “Busan”.')
  })

  test('that chooses a word does what the word does', async () => {
    const { guest } = await replyTo('buttons', choosing('agent'))
    expect((await guest.timeline()).at(-1)).toMatch(/^Agent: Hello, this is Dana/)
  })

  test('that fills in the form gets a result and a text', async () => {
    const { guest, messageId } = await replyTo('form', filling('in-container'))
    const [text, result] = await guest.list()
    expect(result && messageOf(result)).toMatchObject({
      messageType: 'FormResponseMessage',
      inReplyToMessageId: messageId,
      formResponse: { formatType: 'Result', result: { resultType: 'FormRecordsResult' } },
    })
    expect(text && messageOf(text)?.staticContent?.text).toBe(
      'Thank you, I have your form with 1 answer.',
    )
  })

  test('that leaves out what is required gets an error for a result', async () => {
    const { guest } = await replyTo('form', filling('in-remarks'))
    const [text, result] = await guest.list()
    expect(result && messageOf(result)).toMatchObject({
      formResponse: {
        result: {
          resultType: 'FormErrorResult',
          errors: [{ errorType: 'InvalidFormResponse', errorMessage: 'Container no. is required' }],
        },
      },
    })
    expect(text && messageOf(text)?.staticContent?.text).toContain('Container no.')
  })
})

test('the pictures and files of the bot can be fetched where they say they are', async () => {
  for (const [word, type] of [
    ['media', 'image/png'],
    ['file', 'application/pdf'],
  ] as const) {
    const { entries } = await afterSaying(word)
    const [url] = /https:[^"]+sandbox-files[^"]+/.exec(JSON.stringify(entries)) ?? []
    const response = await salesforce.handle(new Request(url ?? ''))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100)
  }
})

test('files that were published are found among the controls of that origin', async () => {
  const published = createSalesforce()
  published.publishFiles('http://127.0.0.1:3000')
  const picture = await published.handleControl(
    new Request('http://127.0.0.1:3000/__sandbox/files/sample/harbor.png'),
  )
  expect(picture.headers.get('content-type')).toBe('image/png')
  const missing = await published.handleControl(
    new Request('http://127.0.0.1:3000/__sandbox/files/sample/none.png'),
  )
  expect(missing.status).toBe(404)
})
