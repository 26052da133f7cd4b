import { useWidget } from '../context.js'
import { Part } from './part.js'

type Props = { isLoading: boolean; trouble: string; onLoad(): void }

/** The way to what was said before, for those who do not scroll. */
export function OlderButton({ isLoading, trouble, onLoad }: Props) {
  const { texts } = useWidget()
  return (
    <Part className="miaw-older">
      <button type="button" className="miaw-button" aria-disabled={isLoading} onClick={onLoad}>
        {isLoading ? texts.loading : texts.older}
      </button>
      <p className="miaw-trouble" role="alert">
        {trouble}
      </p>
    </Part>
  )
}
