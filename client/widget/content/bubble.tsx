import { Link } from './link.js'
import { linkify } from './linkify.js'

/** A text that somebody wrote, with links where it names what can be opened. */
export function Linkified({ text }: { text: string }) {
  let at = 0
  return linkify(text).map(({ text: words, url }) => {
    const key = at
    at += words.length
    if (!url) return words
    return (
      <Link key={key} url={url}>
        {words}
      </Link>
    )
  })
}

type Props = { text: string; id?: string }

/** What is said, in a bubble; nothing where nothing is said. */
export function Bubble({ text, id }: Props) {
  if (!text.trim()) return null
  return (
    <p className="miaw-bubble" dir="auto" id={id}>
      <Linkified text={text} />
    </p>
  )
}
