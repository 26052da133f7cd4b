import { useChat } from 'miaw-gateway/react'
import { Composer } from './composer.js'
import { Message } from './message.js'

const options = { baseUrl: '' }
const resting = ['idle', 'ended', 'lost', 'refused']

/** Shows a minimal chat: the messages, the connection's state and a field to write in. */
export function OwnChat() {
  const { messages, connection, start, send, typing, reply, retry } = useChat(options)
  return (
    <main>
      <h1>Chat</h1>
      <ol role="log" aria-label="Messages">
        {messages.map((message) => (
          <Message
            key={message.id}
            message={message}
            isLast={message === messages.at(-1)}
            onChoose={(selection) => reply(message.id, { selections: [selection] })}
            onRetry={() => retry(message.id)}
          />
        ))}
      </ol>
      <p role="status">{connection}</p>
      {resting.includes(connection) ? (
        <button type="button" onClick={() => start()}>
          Start
        </button>
      ) : (
        <Composer onTyping={typing} onSend={send} />
      )}
    </main>
  )
}
