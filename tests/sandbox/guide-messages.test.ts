import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import {
  choiceOf,
  createGuide,
  type GuideMessage,
  startConversation,
  summaryOf,
} from './guide-visitor.js'
import { setupSalesforce } from './salesforce-setup.js'

const salesforce = setupSalesforce(createGuide(), requestViolations)

/** Lists the messages that follow a visitor's word to the bot, without the word. */
async function afterSending(word: string) {
  const visitor = await startConversation(salesforce)
  const { id } = await visitor.say(word)
  return { visitor, answers: (await visitor.list(id)).slice(1) }
}

const title = (content: string) => ({ itemId: expect.any(String), title: content })
const text = (text: unknown) => ({
  messageType: 'StaticContentMessage',
  staticContent: { formatType: 'Text', text },
})
const replies = (text: string, ...titles: string[]) => ({
  messageType: 'QuickReplyMessage',
  quickReplies: { text, replies: titles.map(title) },
})
const files = (...names: string[]) => ({
  messageType: 'AttachmentMessage',
  attachments: names.map((name) => ({
    id: expect.any(String),
    name,
    mimeType: 'application/pdf',
    url: expect.stringMatching(/^https:.*bill\.pdf$/),
  })),
})

/** Returns the content of a message, without the members that every message has. */
function contentOf({ id, conversationId, sender, timestamp, ...content }: GuideMessage) {
  return content
}

describe('the bot', () => {
  test.each<[string, unknown[]]>([
    ['quick', [replies('Which port?', 'Rotterdam', 'Busan', 'Valparaíso')]],
    ['buttons', [replies('Shall I book the berth?', 'Book it', 'Not yet')]],
    [
      'list',
      [
        {
          messageType: 'ListPickerMessage',
          listPicker: {
            title: 'Pick a berth',
            options: [
              { ...title('Berth 4'), subTitle: 'free at 14:00' },
              { ...title('Berth 7'), subTitle: 'free at 15:30' },
              { ...title('Berth 12'), subTitle: 'free all night' },
            ],
          },
        },
      ],
    ],
    [
      'link',
      [
        {
          messageType: 'RichLinkMessage',
          richLink: {
            title: 'Harbor map',
            url: 'https://harbor.example/map',
            imageUrl: expect.stringMatching(/harbor\.png$/),
          },
        },
      ],
    ],
    ['file', [files('bill.pdf'), files('copy of the bill.pdf')]],
    ['auto', [text('We are here from six to six.')]],
    ['entities', [text(expect.stringContaining('&#39;'))]],
    ['cite', [text(expect.stringMatching(/^The harbour opens/))]],
  ])('answers “%s” in the shape of the guide', async (word, expected) => {
    const { answers } = await afterSending(word)
    expect(answers.map(contentOf)).toEqual(expected)
    expect(answers.every(({ sender }) => sender.role === 'Chatbot')).toBe(true)
  })

  test.each([
    ['carousel', ['20 ft dry, 40 ft reefer']],
    ['time', ['When may we call?']],
    ['form', ['Booking']],
    ['links', ['https://harbor.example/tides']],
    ['media', [expect.stringMatching(/harbor\.png$/)]],
    ['web', ['Live view of the quay https://harbor.example/live']],
    ['unknown', []],
  ])('says “%s” in plain words, for the guide has no shape for it', async (word, expected) => {
    const { answers } = await afterSending(word)
    expect(answers.map(contentOf)).toEqual(expected.map(text))
  })

  test.each([
    ['agent', 'Agent: Hello, this is Dana. How can I help you?'],
    ['help', expect.stringMatching(/^Chatbot: I know: /)],
    ['ahoy', 'Chatbot: You said “ahoy”. Is there more I can do?'],
  ])('knows “%s” as ever', async (word, expected) => {
    const { answers } = await afterSending(word)
    expect(answers.map(summaryOf)).toEqual([expected])
  })
})

describe('a text', () => {
  test('is listed under the id and the time it was taken with, as it was sent', async () => {
    const visitor = await startConversation(salesforce)
    const sent = await visitor.say('See https://harbor.example/berth')
    expect((await visitor.list(sent.id))[0]).toEqual({
      ...sent,
      conversationId: visitor.conversationId,
      sender: { role: 'EndUser', displayName: 'Guest' },
      ...text('See https://harbor.example/berth'),
    })
  })

  test('that is sent twice is said twice', async () => {
    const visitor = await startConversation(salesforce)
    const first = await visitor.say('once')
    const second = await visitor.say('once')
    expect(first.id).not.toBe(second.id)
    expect((await visitor.timeline()).filter((line) => line === 'EndUser: once')).toHaveLength(2)
  })

  test('carries no id of the world behind it', async () => {
    const visitor = await startConversation(salesforce)
    await visitor.say('once')
    const { entryLog } = salesforce.conversation(visitor.conversationId)
    const listed = JSON.stringify(await visitor.list())
    expect(listed).toContain('EndUser')
    expect(entryLog.filter(({ entry }) => listed.includes(entry.identifier))).toEqual([])
  })
})

const offerSchema = z.union([
  z.object({ quickReplies: z.object({ replies: z.array(z.looseObject({ itemId: z.string() })) }) }),
  z.object({ listPicker: z.object({ options: z.array(z.looseObject({ itemId: z.string() })) }) }),
])

/** Returns the second item that a message offers. */
function secondOf(message: unknown): string {
  const offer = offerSchema.parse(message)
  const items = 'quickReplies' in offer ? offer.quickReplies.replies : offer.listPicker.options
  return z.string().parse(items[1]?.itemId)
}

describe('a choice', () => {
  test.each([
    ['quick', 'Busan'],
    ['buttons', 'Not yet'],
    ['list', 'Berth 7'],
  ])('among %s is echoed as it was sent, and answered', async (word, chosen) => {
    const { visitor, answers } = await afterSending(word)
    const choice = choiceOf({ itemId: secondOf(answers[0]), title: chosen })
    const { status, body } = await visitor.post(choice)
    expect(status).toBe(200)
    const [echo, answer] = await visitor.list(body.id)
    expect(echo && contentOf(echo)).toEqual(choice.message)
    expect(answer && summaryOf(answer)).toBe(`Chatbot: You chose “${chosen}”.`)
  })

  test('of what nobody offered is refused when strict, and taken otherwise', async () => {
    const { visitor } = await afterSending('quick')
    const choice = choiceOf({ itemId: 'made-up', title: 'Busan' })
    expect((await visitor.post(choice)).status).toBe(400)
    salesforce.switches.strict = false
    expect((await visitor.post(choice)).status).toBe(200)
  })
})
