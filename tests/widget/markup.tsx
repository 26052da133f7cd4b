/** Renders a message without a browser. */
import { renderToStaticMarkup } from 'react-dom/server'
import { createDrafts } from '../../client/core/drafts.js'
import type { Chat, ChatMessage } from '../../client/core/index.js'
import { emptySnapshot, type Snapshot } from '../../client/core/snapshot.js'
import { markdownReader } from '../../client/widget/content/markdown.js'
import { MessageContent } from '../../client/widget/content/message-content.js'
import { type Widget, WidgetProvider } from '../../client/widget/context.js'
import { english } from '../../client/widget/texts/index.js'

await markdownReader.load()

type Surroundings = Widget & { snapshot: Snapshot }

/** Creates a widget with these messages. Its chat cannot be called: drawing calls nothing. */
export function widgetOf(
  messages: readonly ChatMessage[],
  more: Partial<Surroundings> = {},
): Surroundings {
  return {
    chat: { drafts: createDrafts('markup') } as Chat,
    snapshot: { ...emptySnapshot, messages },
    texts: english,
    language: 'en',
    fallback: undefined,
    locked: false,
    afterAnswer() {},
    ...more,
  }
}

/** Returns the markup of a message among others. */
export function markupOf(
  message: ChatMessage,
  others: readonly ChatMessage[] = [],
  more: Partial<Surroundings> = {},
): string {
  return renderToStaticMarkup(
    <WidgetProvider {...widgetOf([message, ...others], more)}>
      <MessageContent message={message} />
    </WidgetProvider>,
  )
}

/** Returns the start tags of a markup: names and attributes, unescaped. */
export function tagsIn(markup: string): { name: string; attributes: Record<string, string> }[] {
  return [...markup.matchAll(/<([a-z][^\s/>]*)((?:[^>"]|"[^"]*")*)>/gi)].map(
    ([, name = '', rest = '']) => {
      const pairs = [...rest.matchAll(/([^\s=/]+)(?:="([^"]*)")?/g)]
      return {
        name,
        attributes: Object.fromEntries(
          pairs.map(([, key = '', value = '']) => [key, plain(value)]),
        ),
      }
    },
  )
}

const plain = (escaped: string) =>
  escaped
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')

/** Returns the buttons of a markup, as a visitor finds them. */
export function buttonsIn(markup: string) {
  return [...markup.matchAll(/<button([^>]*)>(.*?)<\/button>/g)].map(
    ([, rest = '', inner = '']) => ({
      title: plain(inner.replace(/<[^>]*>/g, '')),
      isOpen: !/ disabled=/.test(rest),
      isPressed: / aria-pressed="true"/.test(rest),
    }),
  )
}
