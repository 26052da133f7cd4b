/** Holds the conversations that the pictures show. */
import type { ActivityReply } from '../../client/core/api-types.js'
import type { ChatMessage, ConversationState, ProblemMembers } from '../../client/core/index.js'
import { choices } from '../widget/fixtures/choices.js'
import { inQueue, withBot, withDana } from '../widget/fixtures/conversation.js'
import { day, message, nextDay, picture, textMessage } from '../widget/fixtures/message.js'

export type Conversation = {
  messages: ChatMessage[]
  conversation: ConversationState
  /** Activity that the poll heard beside the messages. */
  activity?: Partial<ActivityReply>
  /** The problem that the start is refused with. */
  refusal?: ProblemMembers & { status: number }
}

const greeting = textMessage(
  'Chatbot',
  '09:40',
  'hello',
  'Hello, I am the Harbor Assistant. How can I help you?',
)
/** Returns a choice of the fixtures, at another moment. */
const fixture = (wanted: string, at: string) =>
  choices
    .filter(({ id }) => id === wanted)
    .map((message) => ({ ...message, timestamp: `${day}T${at}:30.000Z` }))

export const booking: Conversation = {
  conversation: withBot,
  messages: [
    greeting,
    textMessage('EndUser', '09:41', 'order', 'I need a box for 12 t of oranges, from Valparaíso.'),
    textMessage('Chatbot', '09:41', 'offer', 'With pleasure. These are free this week:'),
    ...fixture('boxes', '09:42'),
  ],
}

export const help: Conversation = {
  conversation: withDana,
  messages: [
    textMessage(
      'EndUser',
      '09:46',
      'lost',
      'Where is HRBU1234567? It should have left the ship at six.',
    ),
    message('System', '09:47', {
      id: 'joined',
      messageType: 'ParticipantChanged',
      text: 'Dana joined the chat',
      participants: [{ operation: 'add', role: 'Agent', displayName: 'Dana' }],
    }),
    textMessage(
      'Agent',
      '09:47',
      'found',
      'Hello, this is Dana. I have just been out to look: it stands on quay 4.',
    ),
    message('Agent', '09:48', {
      id: 'proof',
      messageType: 'AttachmentMessage',
      text: 'quay-4.png',
      attachments: [
        { id: 'proof', name: 'quay-4.png', mimeType: 'image/png', url: picture('quay') },
      ],
    }),
    textMessage('EndUser', '09:49', 'thanks', 'That is the one, thank you!'),
  ],
}

export const appointment: Conversation = {
  conversation: withBot,
  messages: [
    textMessage('EndUser', '09:37', 'berth', 'Is there a berth for tomorrow?'),
    ...fixture('berths', '09:37'),
    message('EndUser', '09:38', {
      id: 'berth-7',
      messageType: 'ChoiceResponseMessage',
      inReplyToMessageId: 'berths',
      text: 'Berth 7',
      selections: [{ itemId: '7', title: 'Berth 7' }],
    }),
    ...fixture('times', '09:39'),
  ],
}

const lost = textMessage('EndUser', '09:46', 'lost', 'Where is HRBU1234567?')

export const typing: Conversation = {
  conversation: withDana,
  messages: [lost, textMessage('Agent', '09:47', 'moment', 'One moment, I am having a look.')],
  activity: { typing: withDana.participants },
}

export const queue: Conversation = {
  conversation: { ...inQueue, estimatedWaitSeconds: 120 },
  messages: [
    lost,
    textMessage('Chatbot', '09:46', 'handover', 'Somebody at the terminal will take over.'),
  ],
  activity: { queuePosition: 3 },
}

export const progress: Conversation = {
  conversation: withBot,
  messages: [greeting, lost],
  activity: { progress: 'Looking up your container' },
}

export const streaming: Conversation = {
  conversation: withBot,
  messages: [greeting, textMessage('EndUser', '09:41', 'hours', 'When are you open?')],
  activity: {
    partial: {
      ...{ messageId: 'answer', from: 1, to: 9 },
      text: 'The gates are open from six to ten. On Saturdays, they clo',
    },
  },
}

/** Outside business hours. */
export const closed: Conversation = {
  conversation: withBot,
  messages: [],
  refusal: {
    ...{ status: 409, code: 'outside_business_hours', retryable: false },
    ...{ title: 'Outside business hours', opensAt: `${nextDay}T07:00:00.000Z` },
  },
}

const tariff = `## Berths in March

A berth costs **€ 240 a day**. See the [tariff](https://harbor.example/tariff).

| Day | Hours | Tide |
|---|---|---|
| Mon–Fri | 6–22 | +1.2 m |
| Sat | 8–12 | +0.9 m |

To book one:

1. Send us the crew list.
2. Quote \`HRBU-26-03\`.

\`\`\`
port=Rotterdam quay=4
\`\`\``

export const markdown: Conversation = {
  conversation: withBot,
  messages: [
    textMessage('EndUser', '09:41', 'cost', 'What does a berth cost?'),
    message('Chatbot', '09:41', {
      id: 'tariff',
      messageType: 'StaticContentMessage',
      text: 'Berths in March',
      staticContent: { formatType: 'Text', text: 'Berths in March', markdown: tariff },
      suggestions: ['Book a berth', 'Where is quay 4?'],
    }),
  ],
}

const arabicPorts = [
  { itemId: 'rotterdam', title: 'روتردام' },
  { itemId: 'busan', title: 'بوسان' },
  { itemId: 'valparaiso', title: 'فالبارايسو' },
]

export const arabic: Conversation = {
  conversation: { ...withBot, participants: [{ role: 'Chatbot', displayName: 'مساعد الميناء' }] },
  messages: [
    textMessage('Chatbot', '09:40', 'hello', 'مرحبا، أنا مساعد الميناء. كيف يمكنني مساعدتك؟'),
    textMessage('EndUser', '09:41', 'question', 'أين الحاوية HRBU1234567؟'),
    message('Chatbot', '09:41', {
      id: 'ports',
      messageType: 'QuickReplyMessage',
      text: 'من أي ميناء؟',
      quickReplies: { text: 'من أي ميناء؟', style: 'QuickReplies', replies: arabicPorts },
    }),
  ].map((message) => ({
    ...message,
    sender: { ...message.sender, displayName: message.sender.displayName && 'مساعد الميناء' },
  })),
}

/** Words of a page's own, in a language that is not shipped. */
export const arabicTexts = {
  title: 'تحدث معنا',
  messages: 'الرسائل',
  connectedTo: 'متصل مع {name}',
  bot: 'آلي',
  placeholder: 'اكتب رسالة',
  deliveries: { sending: 'جار الإرسال', sent: 'أرسلت', delivered: 'وصلت' },
}
