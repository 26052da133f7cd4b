import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Chat } from '../../core/index.js'
import { useLayoutEffect } from '../layout-effect.js'
import type { ChatWidgetProps } from '../props.js'
import { focusedAround, focusIn, holdsFocus } from './focus.js'
import { setModal } from './layers.js'

type Options = Pick<ChatWidgetProps, 'open' | 'defaultOpen' | 'onOpenChange' | 'layout'> & {
  chat: Chat
  panel: RefObject<HTMLElement | null>
  launcher: RefObject<HTMLElement | null>
  /** An open panel covers the screen. */
  isCovering: boolean
}

/** Focuses an element, if it is there and can be focused, without scrolling the page. */
function focusAgain(node: Element | null): void {
  if (node instanceof HTMLElement) node.focus({ preventScroll: true })
}

/**
 * Returns if the panel is open. When that changes, the focus moves into the panel, or back to what
 * had it before. A panel that covers the screen is modal. It stays as the visitor left it on the
 * page before.
 */
export function useOpen(options: Options) {
  const { open, defaultOpen, onOpenChange, layout, chat, panel, launcher, isCovering } = options
  const [isOwnOpen, setOwnOpen] = useState(defaultOpen ?? false)
  const isOpen = layout === 'inline' || (open ?? isOwnOpen)
  const wasOpen = useRef(isOpen)
  const opener = useRef<Element>(null)
  const isModal = isOpen && isCovering

  useLayoutEffect(() => {
    const node = panel.current
    if (!node) return
    const focused = focusedAround(node) ?? document.activeElement
    const held = holdsFocus(node)
    setModal(node, isModal)
    const isChanged = wasOpen.current !== isOpen
    wasOpen.current = isOpen
    if (isChanged && isOpen) opener.current = focused
    if (held && isOpen) focusAgain(focused)
    else if (held) {
      focusAgain(launcher.current)
      focusAgain(opener.current)
    } else if (isModal || (isChanged && isOpen)) focusIn(node)
  }, [isOpen, isModal, panel, launcher])

  useEffect(() => {
    const kept = chat.drafts.read('open')
    if (open !== undefined || !kept) return
    wasOpen.current = kept === 'true'
    setOwnOpen(kept === 'true')
  }, [chat, open])

  function toggle(): void {
    chat.drafts.write('open', String(!isOpen))
    setOwnOpen(!isOpen)
    onOpenChange?.(!isOpen)
  }

  return { isOpen, toggle }
}
