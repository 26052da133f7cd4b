import type { CarouselMessage, ChatMessage } from '../../core/index.js'
import { OutwardIcon } from '../icons.js'
import { Caption } from './caption.js'
import { Link, NewTab } from './link.js'
import { OptionButton } from './option-button.js'
import { Picture } from './picture.js'
import { Strip } from './strip.js'
import { type Choice, useChoice } from './use-answer.js'

type Card = CarouselMessage['carousel']['cards'][number]
type Action = Card['actions'][number]

function ActionChip({ action, choice }: { action: Action; choice: Choice }) {
  if ('url' in action)
    return (
      <Link className="miaw-chip" url={action.url}>
        <span dir="auto">{action.title}</span>
        <OutwardIcon />
        <NewTab />
      </Link>
    )
  return (
    <OptionButton choice={choice} option={action} className="miaw-chip">
      <span dir="auto">{action.title}</span>
    </OptionButton>
  )
}

const keyOf = (action: Action) => ('url' in action ? action.url : action.itemId)

function Slide({ card, choice }: { card: Card; choice: Choice }) {
  const { title, subTitle, imageUrl, actions } = card
  return (
    <li className="miaw-card miaw-slide">
      <Picture url={imageUrl} className="miaw-card-picture" />
      <Caption title={title} details={[subTitle]} />
      {actions.map((action) => (
        <ActionChip key={keyOf(action)} action={action} choice={choice} />
      ))}
    </li>
  )
}

/** Shows cards side by side, each with something to choose or to open. */
export function Carousel({ message }: { message: ChatMessage & CarouselMessage }) {
  const choice = useChoice(message)
  const { title, cards } = message.carousel
  return (
    <Strip title={title}>
      {cards.map((card) => (
        <Slide key={`${card.title} ${card.actions.map(keyOf)}`} card={card} choice={choice} />
      ))}
    </Strip>
  )
}
