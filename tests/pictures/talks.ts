/** What is said in the pictures. */
import type { ChatMessage, ConversationState } from '../../client/core/index.js'
import { choices } from '../widget/fixtures/choices.js'
import { withBot, withDana } from '../widget/fixtures/conversation.js'
import { day, picture, said, text } from '../widget/fixtures/said.js'

export type Talk = { messages: ChatMessage[]; conversation: ConversationState }

const greeting = text(
  'Chatbot',
  '09:40',
  'hello',
  'Hello, I am the Harbor Assistant. How can I help you?',
)
/** A choice of the fixtures, at another moment. */
const fixture = (wanted: string, at: string) =>
  choices
    .filter(({ id }) => id === wanted)
    .map((message) => ({ ...message, timestamp: `${day}T${at}:30.000Z` }))

export const booking: Talk = {
  conversation: withBot,
  messages: [
    greeting,
    text('EndUser', '09:41', 'order', 'I need a box for 12 t of oranges, from Valparaíso.'),
    text('Chatbot', '09:41', 'offer', 'With pleasure. These are free this week:'),
    ...fixture('boxes', '09:42'),
  ],
}

export const help: Talk = {
  conversation: withDana,
  messages: [
    text('EndUser', '09:46', 'lost', 'Where is HRBU1234567? It should have left the ship at six.'),
    said('System', '09:47', {
      id: 'joined',
      messageType: 'ParticipantChanged',
      text: 'Dana joined the chat',
      participants: [{ operation: 'add', role: 'Agent', displayName: 'Dana' }],
    }),
    text(
      'Agent',
      '09:47',
      'found',
      'Hello, this is Dana. I have just been out to look: it stands on quay 4.',
    ),
    said('Agent', '09:48', {
      id: 'proof',
      messageType: 'AttachmentMessage',
      text: 'quay-4.png',
      attachments: [
        { id: 'proof', name: 'quay-4.png', mimeType: 'image/png', url: picture('quay') },
      ],
    }),
    text('EndUser', '09:49', 'thanks', 'That is the one, thank you!'),
  ],
}

export const appointment: Talk = {
  conversation: withBot,
  messages: [
    text('EndUser', '09:37', 'berth', 'Is there a berth for tomorrow?'),
    ...fixture('berths', '09:37'),
    said('EndUser', '09:38', {
      id: 'berth-7',
      messageType: 'ChoiceResponseMessage',
      inReplyToMessageId: 'berths',
      text: 'Berth 7',
      selections: [{ itemId: '7', title: 'Berth 7' }],
    }),
    ...fixture('times', '09:39'),
  ],
}

const arabicPorts = [
  { itemId: 'rotterdam', title: 'روتردام' },
  { itemId: 'busan', title: 'بوسان' },
  { itemId: 'valparaiso', title: 'فالبارايسو' },
]

export const arabic: Talk = {
  conversation: { ...withBot, participants: [{ role: 'Chatbot', displayName: 'مساعد الميناء' }] },
  messages: [
    text('Chatbot', '09:40', 'hello', 'مرحبا، أنا مساعد الميناء. كيف يمكنني مساعدتك؟'),
    text('EndUser', '09:41', 'order', 'أين الحاوية HRBU1234567؟'),
    said('Chatbot', '09:41', {
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
