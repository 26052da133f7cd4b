import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { ChatWidgetProps } from '../props.js'
import { focusIn, holdsFocus } from './focus.js'

type Options = Pick<ChatWidgetProps, 'open' | 'defaultOpen' | 'onOpenChange' | 'layout'> & {
  panel: RefObject<HTMLElement | null>
  launcher: RefObject<HTMLElement | null>
}

/** Returns if the panel is open, and moves the focus when that changes. */
export function useOpen({ open, defaultOpen, onOpenChange, layout, panel, launcher }: Options) {
  const [isOwnOpen, setOwnOpen] = useState(defaultOpen ?? false)
  const isOpen = layout === 'inline' || (open ?? isOwnOpen)
  const wasOpen = useRef(isOpen)

  useLayoutEffect(() => {
    if (wasOpen.current === isOpen || !panel.current) return
    wasOpen.current = isOpen
    if (isOpen) focusIn(panel.current)
    else if (holdsFocus(panel.current)) launcher.current?.focus({ preventScroll: true })
  }, [isOpen, panel, launcher])

  function toggle(): void {
    setOwnOpen(!isOpen)
    onOpenChange?.(!isOpen)
  }

  return { isOpen, toggle }
}
