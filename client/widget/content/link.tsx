import type { ReactNode } from 'react'
import { useWidget } from '../context.js'
import { safeLink } from './urls.js'

/** Announces to screen readers that a link opens in a new tab. */
export function NewTab() {
  const { texts } = useWidget()
  return <span className="miaw-visually-hidden"> {texts.opensInNewTab}</span>
}

type LinkProps = { url: string; className?: string; children: ReactNode }

/** Shows a link that opens in a new tab, or only its content if the URL is not safe to open. */
export function Link({ url, className, children }: LinkProps) {
  const href = safeLink(url)
  if (!href) return <span className={className}>{children}</span>
  return (
    <a className={className} href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}

/** Shows a card or row that is a link as a whole, or only its content if the URL is not safe. */
export function LinkTile({ url, className, children }: Required<LinkProps>) {
  return (
    <Link url={url} className={className}>
      {children}
      {safeLink(url) && <NewTab />}
    </Link>
  )
}
