import { Link } from './link.js'
import { linkify } from './linkify.js'

/** Shows a text, with links where it names an address that can be opened. */
export function Linkified({ text }: { text: string }) {
  let at = 0
  return linkify(text).map(({ text, url }) => {
    const key = at
    at += text.length
    if (!url) return text
    return (
      <Link key={key} url={url}>
        {text}
      </Link>
    )
  })
}

type Props = { text: string; id?: string }

/** Shows a text in a bubble, and nothing for an empty text. */
export function Bubble({ text, id }: Props) {
  if (!text.trim()) return null
  return (
    <p className="miaw-bubble" dir="auto" id={id}>
      <Linkified text={text} />
    </p>
  )
}
