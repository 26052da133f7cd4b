import { render } from 'preact'
import { createElement } from 'react'
import { ChatWidget } from '../widget/chat-widget.js'
import type { ChatWidgetProps } from '../widget/props.js'
import style from './element.css?inline'

/** Serves all elements of a page. It is constructed from text: a strict CSP forbids `<style>`. */
let sheet: CSSStyleSheet | undefined

function sharedSheet(): CSSStyleSheet {
  if (sheet) return sheet
  sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  return sheet
}

/**
 * Keeps what is typed into a field in the shadow root. A page would take it for its shortcuts,
 * because all events from inside seem to come from the element.
 */
function keepTyping(event: Event): void {
  if (!(event instanceof KeyboardEvent) || !(event.target instanceof Element)) return
  const isCommand = event.key === 'Escape' || event.ctrlKey || event.metaKey
  if (!isCommand && event.target.matches('input, select, textarea')) event.stopPropagation()
}

/** Opens the shadow root of an element, and renders the widget in it. */
export function openView(host: HTMLElement) {
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [sharedSheet()]
  for (const type of ['keydown', 'keypress', 'keyup']) root.addEventListener(type, keepTyping)
  return {
    show(props: ChatWidgetProps): void {
      render(createElement(ChatWidget, props), root)
    },
    clear(): void {
      render(null, root)
    },
  }
}
