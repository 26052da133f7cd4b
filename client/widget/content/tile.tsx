import type { ReactNode } from 'react'
import { Link } from './link.js'
import { NewTab } from './new-tab.js'
import { safeLink } from './urls.js'

/** A card or a row that opens something as a whole; with nothing that can be opened, it only shows it. */
export function Tile({
  url,
  className,
  children,
}: {
  url: string
  className: string
  children: ReactNode
}) {
  return (
    <Link url={url} className={className}>
      {children}
      {safeLink(url) && <NewTab />}
    </Link>
  )
}
