import type { StaticContentMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Bubble } from './bubble.js'
import { Link } from './link.js'
import { placeOf, safeLink } from './urls.js'

type Citations = NonNullable<StaticContentMessage['staticContent']['citations']>

/** Shows the sources that a bot cites. */
function Sources({ citations }: { citations: Citations }) {
  const { texts } = useWidget()
  const open = citations.filter(({ url }) => safeLink(url))
  if (open.length === 0) return null
  return (
    <div className="miaw-sources">
      <p>{texts.sources}</p>
      <ol>
        {open.map(({ label, url }, index) => (
          <li key={`${url} ${label}`}>
            <span aria-hidden="true">{index + 1}</span>
            <Link url={url}>
              <span dir="auto">{label || placeOf(url)}</span>
            </Link>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** A text, and its sources. */
export function StaticContent({ message }: { message: StaticContentMessage }) {
  const { text, citations = [] } = message.staticContent
  return (
    <>
      <Bubble text={text} />
      <Sources citations={citations} />
    </>
  )
}
