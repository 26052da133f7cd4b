import { render } from 'preact'
import { createElement } from 'react'
import { ChatWidget } from '../widget/chat-widget.js'
import type { ChatWidgetProps } from '../widget/props.js'
import style from './element.css?inline'

/** One sheet for all elements of a page: made of text, not written into it, as a strict CSP allows. */
let sheet: CSSStyleSheet | undefined

function sharedSheet(): CSSStyleSheet {
  if (sheet) return sheet
  sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  return sheet
}

/** The inside of an element. */
export function openView(host: HTMLElement) {
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [sharedSheet()]
  return {
    show(props: ChatWidgetProps): void {
      render(createElement(ChatWidget, props), root)
    },
    clear(): void {
      render(null, root)
    },
  }
}
