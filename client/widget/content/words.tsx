type Props = { title: string; details?: (string | undefined)[] }

/** A title and what stands smaller under it. */
export function Words({ title, details = [] }: Props) {
  const told = details.filter((detail, index) => detail && details.indexOf(detail) === index)
  return (
    <span className="miaw-words">
      <span dir="auto">{title}</span>
      {told.map((detail) => (
        <small key={detail} dir="auto">
          {detail}
        </small>
      ))}
    </span>
  )
}
