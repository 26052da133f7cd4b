/** What is wrong with a whole form; it is heard when it comes. */
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
