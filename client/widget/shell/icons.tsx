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

/** A drawing of lines; what it means is said beside it. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="miaw-sign" viewBox="0 0 24 24" aria-hidden="true" data-name={name}>
      <path d={paths[name]} />
    </svg>
  )
}
