import { english } from './en.js'
import type { Texts } from './index.js'

/** Deutsch. */
export const german: Texts = {
  ...english,

  // Der Rahmen
  title: 'Chatten Sie mit uns',
  open: 'Chat öffnen',
  minimise: 'Chat minimieren',
  menu: 'Mehr',
  unread: { one: '1 ungelesene Nachricht', other: '{count} ungelesene Nachrichten' },
  welcomeTitle: 'Guten Tag! Wie können wir helfen?',
  welcomeText:
    'Starten Sie einen Chat und sagen Sie uns, worum es geht. Ein Konto brauchen Sie nicht.',
  start: 'Chat starten',
  startAnew: 'Neuen Chat starten',
  tryAgain: 'Erneut versuchen',
  questions: 'Zuerst ein paar Fragen',
  answerQuestions: 'Fragen beantworten',

  // Wie es steht
  ready: 'Wir sind für Sie da',
  connecting: 'Verbindung wird hergestellt …',
  connected: 'Verbunden',
  connectedTo: 'Verbunden mit {name}',
  waiting: 'Sie werden gleich verbunden',
  waitingFor: 'Wartezeit etwa {minutes} Min.',
  nobody: 'Schreiben Sie uns, um fortzufahren',
  offline: 'Sie sind offline',
  troubled: 'Verbindung gestört, neuer Versuch läuft',
  busy: 'Großer Andrang, neuer Versuch läuft',
  ended: 'Chat beendet',
  endedBy: {
    EndUser: 'Sie haben den Chat beendet.',
    Agent: 'Der Chat wurde von unserer Seite beendet.',
    System: 'Der Chat ist beendet.',
  },
  lost: 'Chat geschlossen',
  refused: 'Chat nicht verfügbar',

  // Die Liste
  messages: 'Nachrichten',
  older: 'Frühere Nachrichten anzeigen',
  loading: 'Wird geladen …',
  newMessages: 'Neue Nachrichten',
  toNewest: 'Zur neuesten Nachricht',
  countNew: { one: '1 neue Nachricht', other: '{count} neue Nachrichten' },
  answering: '{name} antwortet',
  bot: 'Bot',
  automated: 'automatisch',
  deliveries: { sending: 'Wird gesendet …', sent: 'Gesendet', delivered: 'Zugestellt' },
  failed: 'Nicht gesendet. {reason}',
  discard: 'Verwerfen',
  progress: 'Hochladen',

  // Schreiben
  yourMessage: 'Ihre Nachricht',
  placeholder: 'Nachricht schreiben',
  send: 'Senden',
  charactersLeft: { one: 'Noch {count} Zeichen', other: 'Noch {count} Zeichen' },
  charactersOver: { one: '{count} Zeichen zu viel', other: '{count} Zeichen zu viel' },
  attach: 'Dateien anhängen',
  chosen: 'Zu sendende Dateien',
  remove: '{name} entfernen',
  drop: 'Dateien hier ablegen, um sie zu senden',
  tooBig: '{name} ist zu groß: höchstens {size}.',
  wrongType: 'Dateien wie {name} werden nicht angenommen.',
  emptyFile: '{name} ist leer.',

  // Gehen
  download: 'Gesprächsverlauf herunterladen',
  transcript: 'Chat',
  end: 'Chat beenden',
  endQuestion: 'Möchten Sie den Chat beenden?',
  keep: 'Weiter chatten',

  // Warum etwas nicht ging
  problems: {
    conversation_ended: 'Der Chat ist beendet.',
    conversation_lost: 'Dieser Chat ist nicht mehr verfügbar.',
    unreachable: 'Es besteht keine Verbindung.',
    unsent: 'Es hat zu lange gedauert.',
    unavailable: 'Der Chat antwortet gerade nicht.',
    not_allowed: 'Der Chat kann auf dieser Seite nicht verwendet werden.',
    sign_in: 'Bitte melden Sie sich erneut an.',
    members_only: 'Bitte melden Sie sich an, um zu chatten.',
    unsupported: 'Das ist hier nicht möglich.',
    payload_too_large: 'Das ist zu groß.',
    unsupported_media_type: 'Dateien dieser Art werden nicht angenommen.',
    invalid_request: 'Das wurde nicht angenommen.',
    other: 'Das hat nicht geklappt.',
  },
  tryLater: 'Es ist gerade viel los. Bitte versuchen Sie es in {seconds} s noch einmal.',
}
