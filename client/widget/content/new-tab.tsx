import { useWidget } from '../context.js'

/** Tells those who hear a link that it leads out of the page. */
export function NewTab() {
  const { texts } = useWidget()
  return <span className="miaw-visually-hidden"> {texts.opensInNewTab}</span>
}
