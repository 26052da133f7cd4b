import { ChatWidget } from 'miaw-gateway/react'
import 'miaw-gateway/react.css'
import { german } from 'miaw-gateway/texts/de'

const texts = { ...german, title: 'Hafenbüro' }

/** Renders on the server, in German from the first byte. */
export default function Page() {
  return <ChatWidget chat={{ baseUrl: 'http://127.0.0.1:3000' }} language="de" texts={texts} />
}
