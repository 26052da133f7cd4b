import { type KeyboardEvent, useCallback, useId, useRef } from 'react'
import type { Chat } from '../core/index.js'
import { WidgetProvider } from './context.js'
import { useLayoutEffect } from './layout-effect.js'
import type { ChatWidgetProps } from './props.js'
import { focusIn } from './shell/focus.js'
import { Launcher } from './shell/launcher.js'
import { useKeyboardRoom, useSmallScreen, useTopLayer } from './shell/layers.js'
import { directionOf, usePage } from './shell/page.js'
import { Panel } from './shell/panel.js'
import { useAvailability } from './shell/use-availability.js'
import { useOpen } from './shell/use-open.js'
import { shippedFor } from './texts/languages.js'
import { useChat, useOwnChat } from './use-chat.js'
import { type ShownTexts, useTexts } from './use-texts.js'

/** Shows a complete chat, as soon as its texts are there. */
export function ChatWidget(props: ChatWidgetProps) {
  const chat = useOwnChat(props.chat)
  const page = usePage()
  const language = props.language || (props.texts ? page.language : shippedFor(page.language))
  const shown = useTexts(language, props.texts)
  return shown ? <Face {...props} {...shown} chat={chat} page={page} /> : null
}

type FaceProps = ChatWidgetProps & ShownTexts & { chat: Chat; page: ReturnType<typeof usePage> }

function Face({ texts, language, page, ...props }: FaceProps) {
  const { layout = 'launcher', theme = 'auto', fallback, hideWhenClosed = false } = props
  const { chat, snapshot: current } = useChat(props.chat)
  const { startOptions } = props
  useLayoutEffect(() => {
    if (!startOptions) return
    chat.setStartOptions(startOptions)
    return () => chat.setStartOptions(undefined)
  }, [chat, startOptions])
  const frame = useRef<HTMLElement>(null)
  const panel = useRef<HTMLElement>(null)
  const launcher = useRef<HTMLButtonElement>(null)
  const isLauncher = layout === 'launcher'
  const isCovering = useSmallScreen() && isLauncher
  useTopLayer(frame, isLauncher)
  useKeyboardRoom(panel, isCovering)
  const { isOpen, toggle } = useOpen({ ...props, chat, layout, panel, launcher, isCovering })
  const isWanted = isOpen || hideWhenClosed
  const { snapshot, mayBeClosed } = useAvailability(chat, current, isWanted)
  const isHidden = hideWhenClosed && mayBeClosed && !isOpen
  const id = useId()

  const setPanel = useCallback((node: HTMLElement | null) => {
    panel.current = node
  }, [])

  const { connection } = snapshot
  const locked = connection === 'ended' || connection === 'lost'
  const afterAnswer = useCallback(() => {
    if (panel.current) focusIn(panel.current)
  }, [])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return
    if (!isLauncher || !isOpen) return
    event.preventDefault()
    toggle()
  }

  return (
    <WidgetProvider {...{ chat, snapshot, texts, language, fallback, locked, afterAnswer }}>
      <section
        ref={frame}
        className="miaw"
        data-layout={layout}
        data-covers={isCovering}
        data-theme={theme}
        lang={language}
        dir={directionOf(language, page.direction)}
        aria-label={texts.title}
        onKeyDown={onKeyDown}
      >
        <Panel
          frame={setPanel}
          id={id}
          isOpen={isOpen}
          onMinimise={isLauncher ? toggle : undefined}
        />
        {isLauncher && !isHidden && (
          <Launcher button={launcher} isOpen={isOpen} controls={id} onToggle={toggle} />
        )}
      </section>
    </WidgetProvider>
  )
}
