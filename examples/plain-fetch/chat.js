/**
 * A conversation by nothing but fetch. `show` is called once for each message, own ones at once; `ended`
 * resolves when the conversation is over, and rejects when it cannot go on.
 */
export async function openChat(baseUrl, show) {
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const shown = new Set()
  const isNew = ({ id }) => !shown.has(id) && shown.add(id)
  let guest = {}

  /** Asks until there is an answer: nothing happens twice, for what is said has its id. */
  async function ask(path, body) {
    const headers = { Authorization: `Bearer ${guest.token}`, 'Content-Type': 'application/json' }
    const init = { method: body ? 'POST' : 'GET', headers, body: JSON.stringify(body) }
    const signal = AbortSignal.timeout(45_000)
    const response = await fetch(`${baseUrl}/api/${path}`, { ...init, signal }).catch(() => null)
    const answer = await response?.json().catch(() => null)
    if (response?.ok && answer) return answer
    const { code, title, retryable = true, retryAfterMs = 2000 } = answer ?? {}
    if (code === 'unauthenticated') guest = await ask('auth', { refreshToken: guest.refreshToken })
    else if (retryable) await sleep(retryAfterMs)
    else throw new Error(title, { cause: answer })
    return ask(path, body)
  }

  async function read() {
    let place = { conversationId }
    for (let page = {}; page.pollAfterMs !== null; await sleep(page.pollAfterMs)) {
      page = await ask('poll', place)
      page.messages.filter(isNew).forEach(show)
      place = { ...place, cursor: page.cursor, wait: page.waitSeconds }
    }
  }

  async function send(text, id = crypto.randomUUID()) {
    if (isNew({ id })) show({ id, text, sender: { role: 'EndUser' } })
    await ask('send', { conversationId, id, text })
  }

  guest = await ask('auth', {})
  const { conversationId } = await ask('start', {})
  return { send, end: () => ask('end', { conversationId }), ended: read() }
}
