/**
 * Describes `<miaw-chat>` to the compilers of templates: React's and Preact's JSX, and Vue. A page
 * has one of these frameworks or none: the compiler ignores the lines of those that are missing.
 */

/** @ts-ignore: a page without Preact has no such module. */
import type { HTMLAttributes as PreactAttributes } from 'preact'
/** @ts-ignore: a page without React has no such module. */
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
/** @ts-ignore: a page without Vue has no such module. */
import type { HTMLAttributes as VueAttributes } from 'vue'
import type { Fallback } from '../widget/props.js'
import type { MiawChat } from './miaw-chat.js'

/** Lists the attributes of `<miaw-chat>`, and the properties that frameworks set by name. */
export type MiawChatAttributes = {
  /** Names the gateway's address; by default the origin of the script. */
  'base-url'?: string | undefined
  layout?: 'launcher' | 'inline' | undefined
  /** Opens the panel of a launcher. */
  open?: boolean | '' | undefined
  /** Names the language of texts and dates, such as `de`; by default the page's. */
  language?: string | undefined
  theme?: 'auto' | 'light' | 'dark' | undefined
  /** Holds the attributes that conversations are started with, as a JSON object of texts. */
  'routing-attributes'?: string | undefined
  /** Names other ways to reach the page's owner, as an object or as JSON. */
  fallback?: Fallback | string | undefined
  /** Keeps the visitor's data with the tab (`session`) instead of the browser. */
  storage?: 'local' | 'session' | undefined
  /** Names the visitor who is signed in on the site: a JWT. */
  'identity-token'?: string | undefined
  chat?: MiawChat['chat'] | undefined
  texts?: MiawChat['texts']
  identityToken?: MiawChat['identityToken']
}

type EventListener<Type extends keyof HTMLElementEventMap> = (
  event: HTMLElementEventMap[Type],
) => void

/** Lists the listeners as JSX of React and of Preact names them. */
type JsxListeners = {
  'onmiaw-open'?: EventListener<'miaw-open'> | undefined
  'onmiaw-close'?: EventListener<'miaw-close'> | undefined
  'onmiaw-message'?: EventListener<'miaw-message'> | undefined
}

/** @ts-ignore: a page without React has no such module. */
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'miaw-chat': DetailedHTMLProps<HTMLAttributes<MiawChat>, MiawChat> &
        MiawChatAttributes &
        JsxListeners & { class?: string | undefined }
    }
  }
}

/** @ts-ignore: a page without Preact has no such module. */
declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'miaw-chat': PreactAttributes<MiawChat> & MiawChatAttributes & JsxListeners
    }
  }
}

/** @ts-ignore: a page without Vue has no such module. */
declare module 'vue' {
  interface GlobalComponents {
    'miaw-chat': new () => {
      $props: VueAttributes &
        MiawChatAttributes & {
          onMiawOpen?: EventListener<'miaw-open'> | undefined
          onMiawClose?: EventListener<'miaw-close'> | undefined
          onMiawMessage?: EventListener<'miaw-message'> | undefined
        }
    }
  }
}
