import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { type MenuItem, MenuList } from './menu-list.js'
import { usePressOutside } from './use-press-outside.js'

const steps: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at < 1 ? count : at) - 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
}

/** Lists the actions beside writing, as a menu with its keyboard behaviour. */
export function Menu({ items }: { items: readonly MenuItem[] }) {
  const { texts } = useWidget()
  /** The item that has the focus; -1: closed. */
  const [at, setAt] = useState(-1)
  const frame = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const id = useId()
  const isOpen = at >= 0
  usePressOutside(frame, isOpen, () => setAt(-1))

  function close(): void {
    opener.current?.focus()
    setAt(-1)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = steps[event.key]
    if (event.key === 'Tab') setAt(-1)
    const isWay = isOpen || event.key.startsWith('Arrow')
    if (step && isWay) setAt(step(at, items.length))
    else if (event.key === 'Escape' && isOpen) close()
    else return
    event.preventDefault()
  }

  function choose(item: MenuItem): void {
    close()
    item.act()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the menu in it
    <div ref={frame} className="miaw-menu" onKeyDown={onKeyDown}>
      <button
        ref={opener}
        type="button"
        className="miaw-tool"
        aria-label={texts.menu}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setAt(isOpen ? -1 : 0)}
      >
        <Icon name="more" />
      </button>
      {isOpen && <MenuList id={id} items={items} at={at} onChoose={choose} />}
    </div>
  )
}
