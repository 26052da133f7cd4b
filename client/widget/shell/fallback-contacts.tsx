import type { ReactNode } from 'react'
import { Link } from '../content/link.js'
import { addressOf } from '../content/urls.js'
import { useWidget } from '../context.js'

type ContactProps = { label: string; url: string; children: ReactNode }

/** Shows one way as a link, after the name of its kind. */
function Contact({ label, url, children }: ContactProps) {
  return (
    <li>
      <span>{label}</span> <Link url={url}>{children}</Link>
    </li>
  )
}

/** Shows the page's fallback: other ways to reach its owner. Shows nothing where it has none. */
export function FallbackContacts() {
  const { fallback, texts } = useWidget()
  if (!fallback) return null
  const { phone, email, url, text } = fallback
  const hasContact = !!(phone || email || url)
  if (!hasContact && !text) return null
  return (
    <div className="miaw-fallback">
      <p dir="auto">{text || texts.otherWays}</p>
      {hasContact && (
        <ul>
          {phone && (
            <Contact label={texts.phone} url={`tel:${phone.replace(/[^\d+*#,;]/g, '')}`}>
              <bdi dir="ltr">{phone}</bdi>
            </Contact>
          )}
          {email && (
            <Contact label={texts.email} url={`mailto:${email}`}>
              <bdi dir="ltr">{email}</bdi>
            </Contact>
          )}
          {url && (
            <Contact label={texts.website} url={url}>
              <bdi dir="ltr">{addressOf(url)}</bdi>
            </Contact>
          )}
        </ul>
      )}
    </div>
  )
}
