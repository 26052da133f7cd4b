import { useLayoutEffect, useMemo, useRef } from 'react'
import type { Chat, StartOptions } from '../core/index.js'

/**
 * Starts a chat with the page's options before its first message, because the message alone would
 * start it without options.
 */
function withStartOptions(chat: Chat, startOptions: () => StartOptions | undefined): Chat {
  /** Answers to a form within a conversation begin no other one. */
  function mergeOptions(answers: StartOptions): StartOptions {
    const page = startOptions()
    const { prechat, conversationId } = chat.getSnapshot()
    const routingAttributes = { ...page?.routingAttributes, ...answers.routingAttributes }
    const isWithin = prechat && conversationId
    return { ...page, ...answers, routingAttributes, ...(isWithin && { resume: true }) }
  }

  const start = (answers?: StartOptions) =>
    chat.start(answers ? mergeOptions(answers) : startOptions())

  /** A form that waits for answers is not passed by. */
  function startFirst(): void {
    const { connection, prechat } = chat.getSnapshot()
    if (!prechat && /idle|refused/.test(connection)) start()
  }

  return {
    ...chat,
    start,
    send(text) {
      startFirst()
      return chat.send(text)
    },
    reply(messageId, answer) {
      startFirst()
      return chat.reply(messageId, answer)
    },
    sendContent(content, deliver) {
      startFirst()
      return chat.sendContent(content, deliver)
    },
    retry(id) {
      startFirst()
      chat.retry(id)
    },
  }
}

/**
 * Returns the same chat, started with the page's options by everything that starts it: the button,
 * the first message, and the answers to a form, which join the options. New options keep the chat.
 */
export function useStartOptions(chat: Chat, startOptions: StartOptions | undefined): Chat {
  const latest = useRef(startOptions)
  useLayoutEffect(() => {
    latest.current = startOptions
  })
  return useMemo(() => withStartOptions(chat, () => latest.current), [chat])
}
