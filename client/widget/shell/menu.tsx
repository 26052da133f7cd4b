import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'

/** Calls back when a pointer is pressed outside of an element, while `isWatched`. */
function usePressOutside(
  frame: RefObject<HTMLElement | null>,
  isWatched: boolean,
  onPress: () => void,
): void {
  useEffect(() => {
    const node = frame.current
    if (!node || !isWatched) return
    const page = node.ownerDocument
    const listener = (event: Event) => {
      if (!event.composedPath().includes(node)) onPress()
    }
    page.addEventListener('pointerdown', listener)
    return () => page.removeEventListener('pointerdown', listener)
  })
}

export type MenuItem = { icon: 'download' | 'end'; label: string; act(): void }

type MenuListProps = {
  id: string
  items: readonly MenuItem[]
  /** The item that has the focus. */
  at: number
  onChoose(item: MenuItem): void
}

/** Shows the items of an open menu. */
function MenuList({ id, items, at, onChoose }: MenuListProps) {
  const { texts } = useWidget()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelectorAll('button')[at]?.focus()
  }, [at])

  return (
    <div ref={list} id={id} className="miaw-items" role="menu" aria-label={texts.menu}>
      {items.map((item) => (
        <button
          key={item.icon}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={() => onChoose(item)}
        >
          <Icon name={item.icon} />
          {item.label}
        </button>
      ))}
    </div>
  )
}

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
