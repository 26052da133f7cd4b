/** Shows the controls of the local Salesforce: events of agents, networks and clocks. */
import type { Chat } from '../core/index.js'
import { button, requireElement } from './dom.js'

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/** Tells whether the sandbox's switches exist. Sends the request on a loopback host only. */
export async function hasSandbox(): Promise<boolean> {
  if (!loopbackNames.includes(location.hostname)) return false
  const answer = await fetch('/__sandbox/switches').catch(() => undefined)
  return answer?.ok === true
}

type Control = {
  title: string
  /** Names the path below `/__sandbox/`; with a leading dot, below the open conversation. */
  path: string
  body?: object
  /** Describes the outcome to look for. */
  outcome: string
}

const outageMs = 15_000

/** Lists the controls in the order of their buttons. */
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
    outcome: 'Shown where the gateway hears events (SALESFORCE_EVENTS=wait): no list tells of it.',
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
 * Returns Salesforce's id of the conversation. In the guide's dialect it is not the gateway's: then
 * the last conversation that was begun is the right one, on a machine with one visitor.
 */
async function salesforceIdOf(conversationId: string | null): Promise<string> {
  const response = await fetch('/__sandbox/conversations')
  const ids: string[] = await response.json()
  return ids.find((id) => id === conversationId) ?? ids.at(-1) ?? ''
}

async function press(control: Control, chat: Chat): Promise<string> {
  const { path, body, outcome } = control
  const within = isOfConversation(control)
    ? `conversations/${await salesforceIdOf(chat.getSnapshot().conversationId)}/`
    : ''
  const response = await post(within + path.replace('./', ''), body)
  return response.ok ? outcome : `The sandbox answered ${response.status}.`
}

/** Shows the controls. Those of a conversation are disabled while there is none. */
export function offerControls(chat: Chat): void {
  const card = requireElement('#controls')
  const outcome = requireElement('#controls .outcome')
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
