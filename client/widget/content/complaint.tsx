/** Shows the errors of a whole form, and announces them when they appear. */
export function Complaint({ lines }: { lines: readonly string[] }) {
  return (
    <div className="miaw-complaint" role="alert">
      {[...new Set(lines)].map((line) => (
        <p key={line} dir="auto">
          {line}
        </p>
      ))}
    </div>
  )
}
