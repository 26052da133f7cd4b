import type { ChatMessage, StaticContentMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Bubble } from './bubble.js'
import { Link } from './link.js'
import { Markdown } from './markdown.js'
import { Suggestions } from './suggestions.js'
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

/** Shows a text with its marks, its sources, and the answers that it suggests. */
export function StaticContent({ message }: { message: ChatMessage & StaticContentMessage }) {
  const { id, staticContent, suggestions = [] } = message
  const { text, markdown, citations = [] } = staticContent
  // Of suggestions alone, the text repeats them for clients that know no buttons.
  const isSuggestions = suggestions.length > 0 && text === suggestions.join(' · ')
  return (
    <>
      {markdown ? <Markdown text={markdown} /> : !isSuggestions && <Bubble text={text} />}
      <Sources citations={citations} />
      <Suggestions id={id} suggestions={suggestions} />
    </>
  )
}
