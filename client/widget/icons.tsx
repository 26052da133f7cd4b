function SmallIcon({ path }: { path: string }) {
  return (
    <svg className="miaw-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  )
}

/** Marks a link that leads out of the chat. */
export const OutwardIcon = () => (
  <SmallIcon path="M7.5 4.5H4.5v11h11v-3M11 4.5h4.5V9M15.5 4.5 9 11" />
)

/** Marks an option as chosen, or a form as sent. */
export const DoneIcon = () => <SmallIcon path="m4.5 10.5 3.5 3.5 7.5-8" />

/** Points to the start of a line. */
export const PreviousIcon = () => <SmallIcon path="m12 4.5-5.5 5.5 5.5 5.5" />

/** Points to the end of a line. */
export const NextIcon = () => <SmallIcon path="m8 4.5 5.5 5.5-5.5 5.5" />

/** Marks an error. */
export const AlarmIcon = () => (
  <SmallIcon path="M10 6v5M10 13.6v.4M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15" />
)

const paths = {
  chat: 'M5 5.5h14a1.5 1.5 0 0 1 1.5 1.5v8.5A1.5 1.5 0 0 1 19 17h-6.5L8 20.8V17H5a1.5 1.5 0 0 1-1.5-1.5V7A1.5 1.5 0 0 1 5 5.5z',
  down: 'm6 9.5 6 6 6-6',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  send: 'M12 19V5m0 0-6 6m6-6 6 6',
  clip: 'm19.5 11.5-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-8 8a1.5 1.5 0 0 1-2.1-2.1l7.2-7.2',
  close: 'm6.5 6.5 11 11m0-11-11 11',
  arrow: 'M12 5v14m0 0-6-6m6 6 6-6',
  file: 'M13.5 3.5h-6A1.5 1.5 0 0 0 6 5v14a1.5 1.5 0 0 0 1.5 1.5h9A1.5 1.5 0 0 0 18 19V8zm0 0V8H18',
  download: 'M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 19.5h14',
  end: 'M14 4.5H7A1.5 1.5 0 0 0 5.5 6v12A1.5 1.5 0 0 0 7 19.5h7M10.5 12H20m0 0-3.5-3.5M20 12l-3.5 3.5',
}

/** Draws an icon. It is hidden from screen readers: the text beside it has the meaning. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="miaw-sign" viewBox="0 0 24 24" aria-hidden="true" data-name={name}>
      <path d={paths[name]} />
    </svg>
  )
}
