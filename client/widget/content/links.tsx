import type { RichLinkMessage, WebViewMessage } from '../../core/index.js'
import { OutwardIcon } from '../icons.js'
import { Caption } from './caption.js'
import { LinkTile } from './link.js'
import { Picture } from './picture.js'
import { addressOf, placeOf } from './urls.js'

/** Shows a link to a page that the sender recommends. */
export function RichLink({ message }: { message: RichLinkMessage }) {
  const { title, url, imageUrl, description } = message.richLink
  const isNamed = title && title !== url
  return (
    <LinkTile url={url} className="miaw-card">
      <Picture url={imageUrl} className="miaw-card-picture" />
      <Caption
        title={isNamed ? title : addressOf(url)}
        details={[description, isNamed ? placeOf(url) : undefined]}
      />
    </LinkTile>
  )
}

/** Shows a link to a page that Salesforce's own client would open within the chat. */
export function WebView({ message }: { message: WebViewMessage }) {
  const { url, title } = message.webView
  const place = placeOf(url)
  return (
    <LinkTile url={url} className="miaw-card miaw-tile">
      <span className="miaw-kind">
        <OutwardIcon />
      </span>
      <Caption title={title || place} details={title ? [place] : []} />
    </LinkTile>
  )
}
