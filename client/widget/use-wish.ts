import { useLayoutEffect, useMemo, useRef } from 'react'
import type { Chat, StartWish } from '../index.js'

/** By itself, a chat starts with no wish when something is said first: so it is started before. */
function wishing(chat: Chat, wish: () => StartWish | undefined): Chat {
  /** Answers to a form within a conversation begin no other one. */
  function joined(answers: StartWish): StartWish {
    const page = wish()
    const { prechat, conversationId } = chat.getSnapshot()
    const routingAttributes = { ...page?.routingAttributes, ...answers.routingAttributes }
    const isWithin = prechat && conversationId
    return { ...page, ...answers, routingAttributes, ...(isWithin && { resume: true }) }
  }

  const start = (answers?: StartWish) => chat.start(answers ? joined(answers) : wish())

  /** A form that waits for answers is not passed by. */
  function begin(): void {
    const { connection, prechat } = chat.getSnapshot()
    if (!prechat && /idle|refused/.test(connection)) start()
  }

  return {
    ...chat,
    start,
    send(text) {
      begin()
      return chat.send(text)
    },
    reply(messageId, answer) {
      begin()
      return chat.reply(messageId, answer)
    },
    say(content, deliver) {
      begin()
      return chat.say(content, deliver)
    },
    retry(id) {
      begin()
      chat.retry(id)
    },
  }
}

/**
 * The same chat, but whatever starts it does so with the page's wish: the button, what is said first,
 * and the answers to a form, which join the wish. It stays the same chat when the wish is another.
 */
export function useWish(chat: Chat, wish: StartWish | undefined): Chat {
  const latest = useRef(wish)
  useLayoutEffect(() => {
    latest.current = wish
  })
  return useMemo(() => wishing(chat, () => latest.current), [chat])
}
