/** Drawings in the colour of the text; they say nothing by themselves. */

function Icon({ path }: { path: string }) {
  return (
    <svg className="miaw-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  )
}

/** Leads out of the chat. */
export const OutwardIcon = () => <Icon path="M7.5 4.5H4.5v11h11v-3M11 4.5h4.5V9M15.5 4.5 9 11" />

/** Chosen, or done. */
export const DoneIcon = () => <Icon path="m4.5 10.5 3.5 3.5 7.5-8" />

/** Towards the beginning of a line. */
export const PreviousIcon = () => <Icon path="m12 4.5-5.5 5.5 5.5 5.5" />

/** Towards the end of a line. */
export const NextIcon = () => <Icon path="m8 4.5 5.5 5.5-5.5 5.5" />

/** Something to mind. */
export const AlarmIcon = () => (
  <Icon path="M10 6v5M10 13.6v.4M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15" />
)
