/** Every word the widget says, in English: the shape of all other languages. */
export const english = {
  // The frame
  title: 'Chat with us',
  open: 'Open chat',
  minimise: 'Minimise chat',
  menu: 'More',
  unread: { one: '1 unread message', other: '{count} unread messages' },
  welcomeTitle: 'Hello! How can we help?',
  welcomeText: 'Start a chat and tell us what you need. You do not need an account.',
  start: 'Start chat',
  startAnew: 'Start a new chat',
  tryAgain: 'Try again',
  questions: 'A few questions first',
  answerQuestions: 'Answer the questions',

  // How it stands
  ready: 'We are here to help',
  connecting: 'Connecting…',
  connected: 'Connected',
  connectedTo: 'Connected to {name}',
  waiting: 'Waiting for an agent',
  waitingFor: 'Waiting for an agent, about {minutes} min',
  nobody: 'Write a message to go on',
  offline: 'You are offline',
  troubled: 'Connection trouble, trying again',
  busy: 'Very busy, trying again',
  ended: 'Chat ended',
  endedBy: {
    EndUser: 'You ended this chat.',
    Agent: 'The agent ended this chat.',
    System: 'This chat has ended.',
  },
  lost: 'Chat closed',
  refused: 'Chat not available',

  // The list
  messages: 'Messages',
  older: 'Show earlier messages',
  loading: 'Loading…',
  newMessages: 'New messages',
  toNewest: 'To the newest message',
  countNew: { one: '1 new message', other: '{count} new messages' },
  answering: '{name} is answering',
  bot: 'Bot',
  automated: 'automatic',
  deliveries: { sending: 'Sending…', sent: 'Sent', delivered: 'Delivered' },
  failed: 'Not sent. {reason}',
  discard: 'Discard',
  progress: 'Upload',

  // Writing
  yourMessage: 'Your message',
  placeholder: 'Write a message',
  send: 'Send',
  charactersLeft: { one: '1 character left', other: '{count} characters left' },
  charactersOver: { one: '1 character too many', other: '{count} characters too many' },
  attach: 'Attach files',
  chosen: 'Files to send',
  remove: 'Remove {name}',
  drop: 'Drop files here to send them',
  tooBig: '{name} is too big: at most {size}.',
  wrongType: 'Files like {name} are not taken.',
  emptyFile: '{name} is empty.',

  // Leaving
  download: 'Download transcript',
  transcript: 'chat',
  end: 'End chat',
  endQuestion: 'End this chat?',
  keep: 'Keep chatting',

  // Why something did not work
  problems: {
    conversation_ended: 'This chat has ended.',
    conversation_lost: 'This chat is no longer available.',
    unreachable: 'There is no connection.',
    unsent: 'It waited too long.',
    unavailable: 'The chat does not answer right now.',
    not_allowed: 'The chat cannot be used on this page.',
    sign_in: 'Please sign in again to chat.',
    members_only: 'Please sign in to chat.',
    unsupported: 'This is not possible here.',
    payload_too_large: 'It is too big.',
    unsupported_media_type: 'Files of this type are not taken.',
    invalid_request: 'It was not accepted.',
    other: 'That did not work.',
  },
  tryLater: 'The chat is busy; try again in {seconds} s.',

  // Messages, choices and forms
  you: 'You',
  roles: { Chatbot: 'Assistant', Agent: 'Agent', Supervisor: 'Supervisor', System: 'System' },
  /** Of a visitor who is not named. */
  someone: 'Someone',
}
