import { Changing } from '../changing.js'
import { useCurrent, useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { Menu, type MenuItem } from './menu.js'
import { statusOf } from './status.js'

type Props = {
  titleId: string
  items: readonly MenuItem[]
  /** Set where there is a launcher to come back by. */
  onMinimise?: (() => void) | undefined
}

/** Shows the chat's title and status, and its menu. */
export function Header({ titleId, items, onMinimise }: Props) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const { tone, text } = statusOf(snapshot, texts, language)
  return (
    <div className="miaw-header">
      <span className="miaw-mark" aria-hidden="true">
        <Icon name="chat" />
      </span>
      <div className="miaw-heading">
        <h2 id={titleId}>{texts.title}</h2>
        <p className="miaw-status" role="status" data-tone={tone}>
          <Changing text={text} />
        </p>
      </div>
      {items.length > 0 && <Menu items={items} />}
      {onMinimise && (
        <button
          type="button"
          className="miaw-tool"
          aria-label={texts.minimise}
          onClick={onMinimise}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}
