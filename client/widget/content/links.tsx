import type { RichLinkMessage, WebViewMessage } from '../../core/index.js'
import { OutwardIcon } from '../icons.js'
import { Picture } from './picture.js'
import { Tile } from './tile.js'
import { addressOf, placeOf } from './urls.js'
import { Words } from './words.js'

/** A page that somebody recommends. */
export function RichLink({ message }: { message: RichLinkMessage }) {
  const { title, url, imageUrl, description } = message.richLink
  const isNamed = title && title !== url
  return (
    <Tile url={url} className="miaw-card">
      <Picture url={imageUrl} className="miaw-card-picture" />
      <Words
        title={isNamed ? title : addressOf(url)}
        details={[description, isNamed ? placeOf(url) : undefined]}
      />
    </Tile>
  )
}

/** A page that Salesforce's own client would show within the chat. */
export function WebView({ message }: { message: WebViewMessage }) {
  const { url, title } = message.webView
  const place = placeOf(url)
  return (
    <Tile url={url} className="miaw-card miaw-tile">
      <span className="miaw-kind">
        <OutwardIcon />
      </span>
      <Words title={title || place} details={title ? [place] : []} />
    </Tile>
  )
}
