import type { ReactNode } from 'react'
import { safeLink } from './urls.js'

type Props = { url: string; className?: string; children: ReactNode }

/** A link that opens in a tab of its own; with an address that must not be opened, what it says. */
export function Link({ url, className, children }: Props) {
  const href = safeLink(url)
  if (!href) return <span className={className}>{children}</span>
  return (
    <a className={className} href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}
