/**
 * Shows a text that changes while it stands. A new text is a new element, because a translator of
 * pages replaces the text it finds, and nobody would see the next one. It has a direction of its
 * own: `9:00 AM` is read correctly on a page that is written from right to left.
 */
export const Changing = ({ text }: { text: string }) => (text ? <bdi key={text}>{text}</bdi> : null)

type ErrorLineProps = { text: string | undefined; tone?: string | undefined }

/** Shows an error as soon as there is one, and says it aloud. */
export const ErrorLine = ({ text = '', tone }: ErrorLineProps) => (
  <p className="miaw-error" role="alert" data-tone={tone}>
    <Changing text={text} />
  </p>
)
