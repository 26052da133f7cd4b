import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { advanceClock, setupSalesforce } from './salesforce-setup.js'
import { createGuest, type ListedEntry } from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }), violations)

const messageOf = ({ entryPayload }: ListedEntry) => entryPayload.abstractMessage

/** Lists the entries that follow a guest's word to the bot, oldest first, without the word. */
async function afterSending(word: string) {
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
    ['markdown', [{ staticContent: { text: expect.stringMatching(/^## .*\*\*six\*\*/s) } }]],
    ['envelope', [{ staticContent: { text: expect.stringMatching(/^\{"response":\[/) } }]],
  ])('answers “%s” as the OpenAPI document says', async (word, expected) => {
    const { entries } = await afterSending(word)
    expect(entries.map(messageOf)).toMatchObject(expected)
    expect(entries.every(({ sender }) => sender.role === 'Chatbot')).toBe(true)
  })

  test('shows every kind of input in its form', async () => {
    const { entries } = await afterSending('form')
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
    const { entries } = await afterSending('auto')
    expect(entries[0]?.entryPayload.messageReason).toBe('AutomatedResponse')
  })

  test('lists what only staff should see', async () => {
    const { entries } = await afterSending('staff')
    expect(entries.map(({ entryType }) => entryType)).toEqual([
      'Note',
      'FlagRaise',
      'ConsultConversationInfo',
      'Message',
    ])
  })

  test('stays when nobody is free', async () => {
    const { guest, entries } = await afterSending('busy')
    expect(entries.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { routingType: 'Transfer', failureType: 'RoutingError', failureReason: 'No_Agent' },
      { entryType: 'Message' },
    ])
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })

  test('stays when a routing result names a reason, but no type of failure', async () => {
    const { guest, entries } = await afterSending('nobody')
    expect(entries[0]?.entryPayload).toMatchObject({
      entryType: 'RoutingResult',
      failureReason: 'No_Agent',
    })
    expect(entries[0]?.entryPayload).not.toHaveProperty('failureType')
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })

  test.each([
    ['system', 'System'],
    ['router', 'Router'],
  ])('leaves the answer to “%s” to another part of Salesforce', async (word, role) => {
    const { entries } = await afterSending(word)
    expect(entries.map(({ entryType, sender }) => [entryType, sender.role])).toEqual([
      ['Message', role],
    ])
  })

  test('names its messages by ids that are no UUIDs, unless switched', async () => {
    const { entries } = await afterSending('hello')
    expect(entries[0]?.identifier).toMatch(/^\d{13}-REQ-\d+$/)
    expect(messageOf(entries[0] as ListedEntry)?.id).toBe(entries[0]?.identifier)
    salesforce.switches.botMessageIds = 'uuid'
    const { entries: others } = await afterSending('hello')
    expect(others[0]?.identifier).toMatch(/^[0-9a-f]{8}-/)
  })

  test('closes the channel for a minute on “closed”: others are turned away', async () => {
    const { guest } = await afterSending('closed')
    const other = await createGuest(salesforce)
    expect((await other.create()).status).toBe(412)
    expect((await guest.sendText('and me?')).status).toBe(202)
    advanceClock(60_000)
    expect((await other.create()).status).toBe(201)
  })

  test('does not take a word of JavaScript for one of its own', async () => {
    const { guest } = await afterSending('constructor')
    expect((await guest.timeline()).at(-1)).toMatch(/^Chatbot: You said “constructor”/)
  })
})

describe('a transfer', () => {
  test('goes from agent to agent by way of a queue', async () => {
    const { guest } = await afterSending('agent')
    salesforce.switches.botDelayMs = 1_000
    await guest.sendText('transfer')
    advanceClock(1_000)
    const waiting = (await guest.list()).slice(0, 3).reverse()
    expect(waiting.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { routingType: 'Transfer', estimatedWaitTime: { estimatedWaitTimeInSeconds: 120 } },
      { entries: [{ operation: 'remove', displayName: 'Dana' }] },
      { workType: 'Assigned' },
    ])
    expect((await guest.status()).body.routingStatus).toBe('TRANSFER')
    advanceClock(2_000)
    const done = (await guest.list()).slice(0, 3).reverse()
    expect(done.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { workType: 'Accepted' },
      { entries: [{ operation: 'add', displayName: 'Lee' }] },
      { entryType: 'Message' },
    ])
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })
})

describe('a supervisor', () => {
  test('joins, whispers and leaves, and the session that “ended” goes on', async () => {
    const { guest, entries } = await afterSending('supervisor')
    expect(entries.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { entries: [{ operation: 'add', participant: { role: 'Supervisor' } }] },
      { entryType: 'Note' },
      { entries: [{ operation: 'remove', participant: { role: 'Supervisor' } }] },
      { sessionStatus: 'Ended', sessionEndedByRole: 'Supervisor' },
      { entryType: 'Message' },
    ])
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
    const { id } = salesforce.conversation(guest.conversationId).session
    await guest.sendText('hello')
    expect((await guest.timeline()).at(-1)).toMatch(/^Chatbot: You said “hello”/)
    expect(salesforce.conversation(guest.conversationId).session.id).toBe(id)
  })

  test('can end the visitor’s session as well, and can speak', async () => {
    const { guest } = await afterSending('hello')
    salesforce.inject(guest.conversationId, [{ text: 'I take over.', from: 'Supervisor' }])
    expect((await guest.timeline()).at(-1)).toBe('Supervisor: I take over.')
    salesforce.endSession(guest.conversationId, 'Supervisor')
    expect((await guest.status()).body.routingStatus).toBe('NEEDS_ROUTING')
  })
})

describe('an end', () => {
  test.each(['EndUser', 'Chatbot', 'Agent', 'System', 'Router'])(
    'can be sent as one by %s',
    async (role) => {
      const { guest } = await afterSending('hello')
      salesforce.endSession(guest.conversationId, role)
      expect((await guest.list())[0]?.entryPayload).toMatchObject({ sessionEndedByRole: role })
      expect((await guest.status()).body.routingStatus).toBe('NEEDS_ROUTING')
    },
  )

  test('can show as a removal alone, after which a message opens a new session', async () => {
    const { guest, entries } = await afterSending('vanish')
    expect(entries.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { entryType: 'ParticipantChanged', entries: [{ operation: 'remove' }] },
    ])
    expect((await guest.status()).body.routingStatus).toBe('NEEDS_ROUTING')
    await guest.sendText('hello?')
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
  })
})

describe('an answer to the bot', () => {
  /** Sends a reply to the last message of the bot. */
  async function replyTo(word: string, reply: object) {
    const { guest, entries } = await afterSending(word)
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
    const { entries } = await afterSending(word)
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
