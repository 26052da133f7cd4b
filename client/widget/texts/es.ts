import { english } from './en.js'
import type { Texts } from './index.js'

/** Español. */
export const spanish: Texts = {
  ...english,

  // El marco
  title: 'Chatea con nosotros',
  open: 'Abrir el chat',
  minimise: 'Minimizar el chat',
  menu: 'Más',
  unread: { one: '1 mensaje sin leer', other: '{count} mensajes sin leer' },
  welcomeTitle: '¡Hola! ¿En qué podemos ayudarte?',
  welcomeText: 'Inicia un chat y cuéntanos qué necesitas. No hace falta tener una cuenta.',
  start: 'Iniciar chat',
  startAnew: 'Iniciar un chat nuevo',
  tryAgain: 'Reintentar',
  questions: 'Antes, unas preguntas',
  answerQuestions: 'Responder a las preguntas',

  // Cómo está
  ready: 'Estamos aquí para ayudarte',
  connecting: 'Conectando…',
  connected: 'En línea',
  connectedTo: 'Estás hablando con {name}',
  waiting: 'Esperando a un agente',
  waitingFor: 'Esperando a un agente, unos {minutes} min',
  nobody: 'Escribe un mensaje para continuar',
  offline: 'No tienes conexión',
  troubled: 'Problemas de conexión, reintentando',
  busy: 'Mucha demanda, reintentando',
  ended: 'Chat finalizado',
  endedBy: {
    EndUser: 'Has finalizado este chat.',
    Agent: 'El agente ha finalizado este chat.',
    System: 'Este chat ha finalizado.',
  },
  lost: 'Chat cerrado',
  refused: 'Chat no disponible',

  // La lista
  messages: 'Mensajes',
  older: 'Mostrar mensajes anteriores',
  loading: 'Cargando…',
  newMessages: 'Mensajes nuevos',
  toNewest: 'Ir al último mensaje',
  countNew: { one: '1 mensaje nuevo', other: '{count} mensajes nuevos' },
  answering: '{name} está respondiendo',
  bot: 'Bot',
  automated: 'automático',
  deliveries: { sending: 'Enviando…', sent: 'Enviado', delivered: 'Entregado' },
  failed: 'No enviado. {reason}',
  discard: 'Descartar',
  progress: 'Subida',

  // Escribir
  yourMessage: 'Tu mensaje',
  placeholder: 'Escribe un mensaje',
  send: 'Enviar',
  charactersLeft: { one: 'Queda 1 carácter', other: 'Quedan {count} caracteres' },
  charactersOver: { one: 'Sobra 1 carácter', other: 'Sobran {count} caracteres' },
  attach: 'Adjuntar archivos',
  chosen: 'Archivos para enviar',
  remove: 'Quitar {name}',
  drop: 'Suelta aquí los archivos para enviarlos',
  tooBig: '{name} es demasiado grande: el máximo es {size}.',
  wrongType: 'No se admiten archivos como {name}.',
  emptyFile: '{name} está vacío.',

  // Irse
  download: 'Descargar la conversación',
  transcript: 'chat',
  end: 'Finalizar chat',
  endQuestion: '¿Finalizar este chat?',
  keep: 'Seguir chateando',

  // Por qué algo no ha funcionado
  problems: {
    conversation_ended: 'Este chat ha finalizado.',
    conversation_lost: 'Este chat ya no está disponible.',
    unreachable: 'No hay conexión.',
    unsent: 'Ha pasado demasiado tiempo.',
    unavailable: 'El chat no responde en este momento.',
    not_allowed: 'El chat no se puede usar en esta página.',
    sign_in: 'Vuelve a iniciar sesión para chatear.',
    members_only: 'Inicia sesión para chatear.',
    unsupported: 'Aquí no es posible.',
    payload_too_large: 'Es demasiado grande.',
    unsupported_media_type: 'No se admiten archivos de este tipo.',
    invalid_request: 'No se ha aceptado.',
    other: 'No ha funcionado.',
  },
  tryLater: 'Hay mucha demanda; inténtalo de nuevo en {seconds} s.',
}
