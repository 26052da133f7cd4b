/** The controls of the local Salesforce: what agents, networks and clocks do to a chat. */
import type { Chat } from '../core/index.js'
import { button, need } from './dom.js'

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/** Asks on the own machine only: nowhere else are there switches. */
export async function hasSandbox(): Promise<boolean> {
  if (!loopbackNames.includes(location.hostname)) return false
  const answer = await fetch('/__sandbox/switches').catch(() => undefined)
  return answer?.ok === true
}

type Control = {
  title: string
  /** Under `/__sandbox/`; of the open conversation when it begins with a point. */
  path: string
  body?: object
  /** The outcome to look for. */
  outcome: string
}

const outageMs = 15_000

/** All of them, in the order of their buttons. */
export const controls: readonly Control[] = [
  { title: 'Agent joins', path: './agent-joins', outcome: 'Dana takes over from the bot.' },
  { title: 'Agent leaves', path: './agent-leaves', outcome: 'The visitor waits in a queue.' },
  { title: 'Transfer', path: './transfers', outcome: 'By way of a queue to Lee.' },
  {
    title: 'Burst of 60',
    path: './bursts',
    body: { count: 60 },
    outcome: '60 messages at once: all come, each once, in order.',
  },
  {
    title: 'Typing',
    path: './typing',
    outcome: 'Salesforce tells streams alone of typing: what is polled does not show it.',
  },
  {
    title: 'Outage of 15 s',
    path: 'outages',
    body: { forMs: outageMs },
    outcome: 'Salesforce answers 503 for 15 s: the chat goes on trying, and loses nothing.',
  },
  {
    title: 'Tokens expire',
    path: 'token-expiry',
    outcome:
      'Salesforce’s tokens are no good any more: a guest’s, which cannot be renewed, is the end of it.',
  },
]

const isOfConversation = ({ path }: Control) => path.startsWith('./')

const post = (path: string, body: object = {}) =>
  fetch(`/__sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })

/**
 * Salesforce's name for the conversation. In the guide's dialect it is not the gateway's: the last that
 * was begun, then, which on one's own machine is the one.
 */
async function nameAtSalesforce(conversationId: string | null): Promise<string> {
  const response = await fetch('/__sandbox/conversations')
  const ids: string[] = await response.json()
  return ids.find((id) => id === conversationId) ?? ids.at(-1) ?? ''
}

async function press(control: Control, chat: Chat): Promise<string> {
  const { path, body, outcome } = control
  const within = isOfConversation(control)
    ? `conversations/${await nameAtSalesforce(chat.getSnapshot().conversationId)}/`
    : ''
  const response = await post(within + path.replace('./', ''), body)
  return response.ok ? outcome : `The sandbox answered ${response.status}.`
}

/** Shows the controls; those of a conversation wait for one. */
export function offerControls(chat: Chat): void {
  const card = need('#controls')
  const outcome = need('#controls .outcome')
  const buttons = controls.map((control) => {
    const made = button(control.title, async () => {
      outcome.textContent = await press(control, chat).catch(() => 'The sandbox does not answer.')
    })
    return { made, control }
  })

  function enable(): void {
    const { conversationId, connection } = chat.getSnapshot()
    const isOpen = conversationId !== null && !['ended', 'lost'].includes(connection)
    for (const { made, control } of buttons) made.disabled = isOfConversation(control) && !isOpen
  }

  card.querySelector('.buttons')?.replaceChildren(...buttons.map(({ made }) => made))
  chat.subscribe(enable)
  enable()
  card.hidden = false
}
