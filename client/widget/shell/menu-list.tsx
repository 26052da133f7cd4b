import { useEffect, useRef } from 'react'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'

export type MenuItem = { icon: 'download' | 'end'; label: string; act(): void }

type Props = {
  id: string
  items: readonly MenuItem[]
  /** The item that has the focus. */
  at: number
  onChoose(item: MenuItem): void
}

/** The things to choose from, while a menu is open. */
export function MenuList({ id, items, at, onChoose }: Props) {
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
