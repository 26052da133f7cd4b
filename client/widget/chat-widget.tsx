import { type KeyboardEvent, useCallback, useId, useLayoutEffect, useMemo, useRef } from 'react'
import { WidgetProvider } from './context.js'
import type { ChatWidgetProps } from './props.js'
import { focusIn } from './shell/focus.js'
import { Launcher } from './shell/launcher.js'
import { LiveLog } from './shell/live-log.js'
import { directionOf, usePage } from './shell/page.js'
import { Panel } from './shell/panel.js'
import { useOpen } from './shell/use-open.js'
import { shippedFor, textsFor } from './texts/index.js'
import { useChat } from './use-chat.js'

/** Shows a complete chat. */
export function ChatWidget(props: ChatWidgetProps) {
  const { layout = 'launcher', theme = 'auto', fallback } = props
  const { chat, snapshot } = useChat(props.chat)
  const { startOptions } = props
  useLayoutEffect(() => {
    if (!startOptions) return
    chat.setStartOptions(startOptions)
    return () => chat.setStartOptions(undefined)
  }, [chat, startOptions])
  const page = usePage()
  const language = props.language || (props.texts ? page.language : shippedFor(page.language))
  const texts = useMemo(() => ({ ...textsFor(language), ...props.texts }), [language, props.texts])
  const panel = useRef<HTMLDivElement>(null)
  const launcher = useRef<HTMLButtonElement>(null)
  const { isOpen, toggle } = useOpen({ ...props, layout, panel, launcher })
  const id = useId()

  const { connection } = snapshot
  const locked = connection === 'ended' || connection === 'lost'
  const afterAnswer = useCallback(() => {
    if (panel.current) focusIn(panel.current)
  }, [])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return
    if (layout === 'launcher' && isOpen) toggle()
  }

  return (
    <WidgetProvider {...{ chat, snapshot, texts, language, fallback, locked, afterAnswer }}>
      <section
        className="miaw"
        data-layout={layout}
        data-theme={theme}
        lang={language}
        dir={directionOf(language, page.direction)}
        aria-label={texts.title}
        onKeyDown={onKeyDown}
      >
        <Panel
          frame={panel}
          id={id}
          isOpen={isOpen}
          onMinimise={layout === 'launcher' ? toggle : undefined}
        />
        {layout === 'launcher' && (
          <Launcher button={launcher} isOpen={isOpen} controls={id} onToggle={toggle} />
        )}
        <LiveLog />
      </section>
    </WidgetProvider>
  )
}
