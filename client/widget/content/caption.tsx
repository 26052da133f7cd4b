type Props = { title: string; details?: (string | undefined)[] }

/** Shows a title with its details in small print below, each once. */
export function Caption({ title, details = [] }: Props) {
  const unique = details.filter((detail, index) => detail && details.indexOf(detail) === index)
  return (
    <span className="miaw-caption">
      <span dir="auto">{title}</span>
      {unique.map((detail) => (
        <small key={detail} dir="auto">
          {detail}
        </small>
      ))}
    </span>
  )
}
