/** Shows the content of messages alone, without a frame: `stage.show(snapshot, props)`. */
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { createDrafts } from '../../../client/core/drafts.js'
import type { Chat, ChatProblem, Snapshot } from '../../../client/core/index.js'
import { emptySnapshot } from '../../../client/core/snapshot.js'
import { markdownReader } from '../../../client/widget/content/markdown.js'
import { MessageContent } from '../../../client/widget/content/message-content.js'
import { PrechatForm } from '../../../client/widget/content/prechat-form.js'
import { WidgetProvider } from '../../../client/widget/context.js'
import {
  english,
  german,
  japanese,
  spanish,
  type Texts,
} from '../../../client/widget/texts/index.js'

const calls: { verb: string; args: unknown[] }[] = []

const note =
  (verb: string) =>
  (...args: unknown[]) =>
    calls.push({ verb, args })

let shown = emptySnapshot

const drafts = createDrafts('stage')

/** Records the calls to a chat that has no gateway. */
const chat = new Proxy({} as Chat, {
  get: (_, verb) => {
    if (verb === 'drafts') return drafts
    return verb === 'getSnapshot' ? () => shown : note(String(verb))
  },
})

type Props = {
  language?: string
  locked?: boolean
  theme?: 'light' | 'dark'
  problem?: ChatProblem | null
}

const languages: Record<string, Texts> = { de: german, es: spanish, ja: japanese }

function Scene({ snapshot, props }: { snapshot: Snapshot; props: Props }) {
  const { language = 'en', locked = false, theme, problem = null } = props
  const texts = languages[language] ?? english
  const { messages, prechat } = snapshot
  const afterAnswer = note('afterAnswer')
  const asked = { prechat, problem, onSubmit: note('submit'), onCancel: note('cancel') }
  return (
    <WidgetProvider
      {...{ chat, snapshot, texts, language, locked, afterAnswer, fallback: undefined }}
    >
      <div className="miaw" data-theme={theme}>
        <ol className="scene">
          {messages.map((message) => (
            <li key={message.id} data-id={message.id}>
              <MessageContent message={message} />
            </li>
          ))}
        </ol>
        {asked.prechat && <PrechatForm {...asked} prechat={asked.prechat} />}
      </div>
    </WidgetProvider>
  )
}

const root = createRoot(document.querySelector('#root') as HTMLElement)

function show(snapshot: Partial<Snapshot>, props: Props = {}): void {
  shown = { ...emptySnapshot, ...snapshot }
  flushSync(() => root.render(<Scene snapshot={shown} props={props} />))
}

void markdownReader.load().then(() => Object.assign(window, { stage: { show, calls } }))
