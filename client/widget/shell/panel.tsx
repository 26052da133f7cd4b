import { type SyntheticEvent, useId, useState } from 'react'
import type { Prechat } from '../../core/index.js'
import { ErrorLine } from '../changing.js'
import { PrechatForm } from '../content/prechat-form.js'
import { useCurrent, useWidget } from '../context.js'
import { Conversation } from './conversation.js'
import { PanelPart } from './focus.js'
import { Header } from './header.js'
import { LiveLog } from './live-log.js'
import type { MenuItem } from './menu.js'
import { useVisible } from './page.js'
import { viewOf } from './status.js'
import { useComposerState } from './use-composer-state.js'
import { useDrop } from './use-drop.js'
import { useTranscript } from './use-transcript.js'
import { Welcome } from './welcome.js'

type PrechatViewProps = { prechat: Prechat; onCancel(): void }

/** Shows the questions that are asked before the chat goes on. */
function PrechatView({ prechat, onCancel }: PrechatViewProps) {
  const { chat } = useWidget()
  const { snapshot } = useCurrent()
  return (
    <PanelPart className="miaw-questions">
      <PrechatForm
        prechat={prechat}
        problem={snapshot.problem}
        onSubmit={(routingAttributes) => chat.start({ routingAttributes })}
        onCancel={onCancel}
      />
    </PanelPart>
  )
}

type Props = {
  frame(node: HTMLElement | null): void
  id: string
  isOpen: boolean
  /** Set where there is a launcher to come back by: then the panel is a dialogue. */
  onMinimise?: (() => void) | undefined
}

/** Shows the chat: its header, and below it the current view. */
export function Panel({ frame, id, isOpen, onMinimise }: Props) {
  const { chat, texts, locked } = useWidget()
  const { snapshot } = useCurrent()
  const { prechat, attachments, conversationId } = snapshot
  const [putOff, setPutOff] = useState<Prechat | null>(null)
  /** The conversation that the visitor wants to end. */
  const [endingId, setEndingId] = useState<string | null>(null)
  const title = useId()
  const composer = useComposerState()
  const transcript = useTranscript()
  const isVisible = useVisible()
  const view = viewOf(snapshot, putOff)
  const isChat = view === 'chat' && conversationId !== null
  const takesFiles = isChat && !locked && attachments !== null
  const { isOver, handlers } = useDrop((files) => takesFiles && composer.files.add(files))

  const Frame = onMinimise ? 'dialog' : 'div'
  const dialogue = onMinimise ? { 'aria-labelledby': title, onCancel } : {}
  const items: MenuItem[] = []
  if (isChat && transcript.isSupported)
    items.push({ icon: 'download', label: texts.download, act: transcript.download })
  if (isChat && !locked)
    items.push({ icon: 'end', label: texts.end, act: () => setEndingId(conversationId) })

  /** Minimises a modal panel by a device's own way back. A file dialogue's event bubbles as well. */
  function onCancel({ target, currentTarget }: SyntheticEvent): void {
    if (target === currentTarget) onMinimise?.()
  }

  function start(): void {
    if (prechat) setPutOff(null)
    else chat.start()
  }

  return (
    <Frame
      ref={frame}
      id={id}
      className="miaw-panel"
      data-open={isOpen}
      data-view={view}
      tabIndex={-1}
      {...dialogue}
      {...handlers}
    >
      <Header titleId={title} items={items} onMinimise={onMinimise} />
      <ErrorLine text={transcript.failure} />
      {view === 'welcome' && <Welcome onStart={start} />}
      {view === 'prechat' && prechat && (
        <PrechatView prechat={prechat} onCancel={() => setPutOff(prechat)} />
      )}
      {view === 'chat' && (
        <Conversation
          composer={composer}
          isWatched={isOpen && isVisible}
          isEnding={endingId !== null && endingId === conversationId}
          onKeep={() => setEndingId(null)}
          onAnswer={() => setPutOff(null)}
        />
      )}
      {isOver && takesFiles && <div className="miaw-drop">{texts.drop}</div>}
      <LiveLog />
    </Frame>
  )
}
