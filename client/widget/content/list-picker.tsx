import type { ChatMessage, ListPickerMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Box } from './box.js'
import { Caption } from './caption.js'
import { OptionButton } from './option-button.js'
import { Picture } from './picture.js'
import { useChoice } from './use-answer.js'

/** Shows rows, of which the visitor chooses one. */
export function ListPicker({ message }: { message: ChatMessage & ListPickerMessage }) {
  const { texts } = useWidget()
  const choice = useChoice(message)
  const { title, options } = message.listPicker
  return (
    <Box title={title || texts.choices}>
      <ul className="miaw-rows">
        {options.map((option) => (
          <li key={option.itemId}>
            <OptionButton choice={choice} option={option} className="miaw-row">
              <Picture url={option.imageUrl} className="miaw-row-picture" />
              <Caption title={option.title} details={[option.subTitle]} />
            </OptionButton>
          </li>
        ))}
      </ul>
    </Box>
  )
}
