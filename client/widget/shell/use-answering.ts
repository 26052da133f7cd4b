import { useEffect, useState } from 'react'
import { useWidget } from '../context.js'
import { partnerOf } from './status.js'

const longestMs = 8000

/**
 * Returns the participant who is likely to be answering. The gateway cannot tell, but a bot answers
 * soon after the visitor wrote. Undefined when there is none, or nothing came for a while.
 */
export function useAnswering() {
  const { chat, snapshot } = useWidget()
  const [said, setSaid] = useState('')
  useEffect(
    () =>
      chat.on('delivery', ({ id, delivery }) => {
        if (delivery === 'sent' || delivery === 'delivered') setSaid(id)
      }),
    [chat],
  )
  useEffect(() => {
    const timer = said ? setTimeout(setSaid, longestMs, '') : undefined
    return () => clearTimeout(timer)
  }, [said])
  const { messages, conversation, connection } = snapshot
  const isDue = said !== '' && messages.at(-1)?.id === said && connection === 'online'
  return isDue && conversation?.handledBy === 'bot' ? partnerOf(conversation) : undefined
}
