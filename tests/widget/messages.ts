/** Builds one message of every type, as the contract has them, for tests and for the stage. */
import type { ChatMessage, Message } from '../../client/core/index.js'

type Each<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Content = Each<Message, 'id' | 'conversationId' | 'sender' | 'timestamp' | 'text'>

const bot = { role: 'Chatbot', displayName: 'Harbor Assistant' } as const

/** Builds a bot's message, a minute after the one before, with the members of `more`. */
export function message(
  id: string,
  content: Content & { text?: string },
  more: Partial<Pick<ChatMessage, 'sender' | 'delivery' | 'timestamp' | 'inReplyToMessageId'>> = {},
): ChatMessage {
  return {
    id,
    conversationId: '7b7f3b6e-5a52-4f5b-8f39-3a0d5f0c9b12',
    sender: bot,
    timestamp: '2026-11-22T10:00:00.000Z',
    text: '',
    delivery: 'delivered',
    ...content,
    ...more,
  } as ChatMessage
}

/** Builds a visitor's message in the same way. */
export function visitorMessage(
  id: string,
  content: Content & { text?: string },
  more: Partial<Pick<ChatMessage, 'delivery'>> = {},
): ChatMessage {
  return message(id, content, { ...more, sender: { role: 'EndUser', displayName: null } })
}

/** A small picture of a harbour at dusk, within its address. */
export const picture = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90"><path fill="#f6c58b" d="M0 0h160v90H0z"/><circle cx="105" cy="38" r="16" fill="#ef8a4b"/><path fill="#1d6e86" d="M0 60h160v30H0z"/><path fill="#b8382c" d="m48 58 74 0-8 14H56z"/></svg>',
)}`

export const textContent = (
  text: string,
  more: { citations?: { label?: string; url: string }[] } = {},
) => ({
  messageType: 'StaticContentMessage' as const,
  text,
  staticContent: { formatType: 'Text' as const, text, ...more },
})

const item = (itemId: string, title: string) => ({ itemId, title })

/** One of each input. */
export const everyInput: Extract<Message, { messageType: 'FormMessage' }>['form'] = {
  title: 'Booking',
  inputs: [
    { inputId: 'about', type: 'note', label: 'Tell us about your cargo', required: false },
    {
      inputId: 'container',
      type: 'text',
      label: 'Container no.',
      required: true,
      maxLength: 11,
      pattern: '^[A-Z]{4}\\d{7}$',
      placeholder: 'HRBU1234567',
      hint: 'Four letters and seven digits',
    },
    { inputId: 'remarks', type: 'multiline', label: 'Remarks', required: false },
    { inputId: 'tons', type: 'number', label: 'Weight in tons', required: true },
    { inputId: 'cold', type: 'boolean', label: 'Refrigerated', required: true },
    { inputId: 'day', type: 'date', label: 'Day of arrival', required: false },
    { inputId: 'pickup', type: 'datetime', label: 'Pick-up', required: false },
    {
      inputId: 'kind',
      type: 'select',
      label: 'Kind of container',
      required: true,
      options: [item('dry', 'Dry'), item('reefer', 'Reefer')],
    },
    {
      inputId: 'services',
      type: 'multiselect',
      label: 'Services',
      required: true,
      options: [item('customs', 'Customs'), item('storage', 'Storage')],
    },
    { inputId: 'end', type: 'note', label: 'We answer within a day.', required: false },
  ],
}

const slot = (itemId: string, startTime: string) => ({ itemId, startTime, durationSeconds: 3600 })

export const texts = [
  message(
    'text',
    textContent(
      'Welcome to the harbour.\nCall +49 40 123 4567, write to desk@harbor.example or see https://harbor.example/hours (open daily).',
    ),
  ),
  message(
    'cited',
    textContent('The gate opens at six.', {
      citations: [
        { label: 'Opening hours', url: 'https://harbor.example/hours' },
        { url: 'https://www.harbor.example/gate' },
      ],
    }),
  ),
  message('link', {
    messageType: 'RichLinkMessage',
    richLink: {
      title: 'How to bring a container',
      url: 'https://harbor.example/containers',
      imageUrl: picture,
      description: 'Papers, seals and weights: all that the gate will ask you for.',
    },
  }),
  message('page', {
    messageType: 'WebViewMessage',
    webView: { url: 'https://harbor.example/quay', title: 'Live view of the quay' },
  }),
  message('files', {
    messageType: 'AttachmentMessage',
    text: 'Here you are\nbill.pdf\nquay.svg',
    attachments: [
      { id: 'f1', name: 'bill.pdf', mimeType: 'application/pdf', url: 'https://files.example/1' },
      { id: 'f2', name: 'quay.svg', mimeType: 'image/svg+xml', url: picture },
    ],
  }),
  visitorMessage('upload', {
    messageType: 'AttachmentMessage',
    text: 'scan.png',
    attachments: [{ id: '', name: 'scan.png', mimeType: 'image/png', url: '' }],
  }),
  message('unknown', {
    messageType: 'UnknownMessage',
    text: 'A message that this chat cannot show.',
    original: { entryType: 'Message' },
  }),
]

export const choices = [
  message('quick', {
    messageType: 'QuickReplyMessage',
    quickReplies: {
      text: 'Which port?',
      replies: [
        { ...item('r', 'Rotterdam'), imageUrl: picture },
        item('b', 'Busan'),
        item('v', 'Valparaíso'),
      ],
      style: 'QuickReplies',
    },
  }),
  message('buttons', {
    messageType: 'QuickReplyMessage',
    quickReplies: {
      text: 'Shall I book it?',
      replies: [item('y', 'Yes, please'), item('n', 'Not yet')],
      style: 'Buttons',
    },
  }),
  message('list', {
    messageType: 'ListPickerMessage',
    listPicker: {
      title: 'Pick a berth',
      options: [
        { ...item('b4', 'Berth 4'), subTitle: 'free at 14:00', imageUrl: picture },
        { ...item('b7', 'Berth 7'), subTitle: 'free at 15:30', imageUrl: picture },
        item('b12', 'Berth 12'),
      ],
    },
  }),
  message('carousel', {
    messageType: 'CarouselMessage',
    carousel: {
      title: 'Containers for hire',
      cards: ['20 ft dry', '40 ft dry', '40 ft reefer'].map((title) => ({
        title,
        subTitle: 'from 90 EUR a week',
        imageUrl: picture,
        actions: [
          item(`c-${title}`, 'Choose'),
          { url: 'https://harbor.example/hire', title: 'Details' },
        ],
      })),
    },
  }),
  message('times', {
    messageType: 'TimePickerMessage',
    timePicker: {
      title: 'Pick-up',
      timezoneOffset: 540,
      slots: [
        slot('s1', '2026-11-24T09:00:00.000Z'),
        slot('s2', '2026-11-24T11:00:00.000Z'),
        slot('s3', '2026-11-25T09:00:00.000Z'),
        slot('s4', '2026-11-26T09:00:00.000Z'),
        slot('s5', '2026-11-27T09:00:00.000Z'),
      ],
    },
  }),
]

export const form = message('form', { messageType: 'FormMessage', form: everyInput })

export const responses = [
  visitorMessage('chosen', {
    messageType: 'ChoiceResponseMessage',
    inReplyToMessageId: 'quick',
    selections: [item('b', 'Busan')],
  }),
  visitorMessage('filled', {
    messageType: 'FormResponseMessage',
    inReplyToMessageId: 'other-form',
    values: [
      { inputId: 'container', label: 'Container no.', value: 'HRBU1234567' },
      { inputId: 'cold', label: 'Refrigerated', value: true },
      { inputId: 'services', label: 'Services', value: ['c', 's'], title: ['Customs', 'Storage'] },
    ],
  }),
]

/** A bot's Markdown with all that it can hold, and suggestions. */
export const marked = message('marked', {
  messageType: 'StaticContentMessage',
  text: 'Tariff',
  staticContent: {
    formatType: 'Text',
    text: 'Tariff',
    markdown: [
      '# Tariff',
      'A **berth** is *not* free. See the [list](https://harbor.example/list) or `tariff.pdf`.',
      '| Day | Price |\n|---|---|\n| Mon | € 240 |',
      '1. Papers\n   - crew list\n   - last port\n2. Quay',
      '> Ships above 200 m\n> need a pilot.',
      '```\ncurl https://harbor.example/berths\n```',
      '---',
      'Anything else?',
    ].join('\n\n'),
  },
  suggestions: ['Book a berth', 'Where is quay 4?'],
})

export const notices = [
  message('joined', {
    messageType: 'ParticipantChanged',
    participants: [{ operation: 'add', role: 'Agent', displayName: 'Dana' }],
  }),
  message('routed', {
    messageType: 'RoutingResult',
    routing: { type: 'Transfer', failure: null, estimatedWaitSeconds: 120 },
  }),
  message('ended', {
    messageType: 'SessionStatusChanged',
    session: { status: 'Ended', endedBy: 'Agent' },
  }),
  message('result', {
    messageType: 'FormResponseMessage',
    inReplyToMessageId: 'filled',
    text: 'Booking noted',
    result: { ok: true },
  }),
]

/** At least one of every type. */
export const everyMessage = [...texts, marked, ...choices, form, ...responses, ...notices]
