import { type Chat, type ChatMessage, createChat, type IdentityToken } from '../core/index.js'
import { tabs } from '../core/tabs.js'
import type { Texts } from '../widget/texts/en.js'
import {
  chatAttributes,
  homeOf,
  layoutOf,
  looks,
  routingAttributesOf,
  storageOf,
  themeOf,
} from './attributes.js'
import { openView } from './view.js'

const home = homeOf(import.meta.url)

/** Base class; a stand-in without a browser, so that the module can be imported there. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

const properties = ['chat', 'texts', 'identityToken'] as const

/**
 * `<miaw-chat>`: a complete chat on any page. Attributes and properties may change at any time; the
 * element may be taken out and put back. Events: `miaw-open`, `miaw-close`, `miaw-message`.
 */
export class MiawChat extends Base {
  static readonly observedAttributes = [...chatAttributes, ...looks]

  #view: ReturnType<typeof openView> | undefined
  #given: Chat | undefined
  #own: Chat | undefined
  #heard: { chat: Chat; stop(): void } | undefined
  #texts: Partial<Texts> | undefined
  #identityToken: IdentityToken | undefined
  #routingAttributes: Record<string, string> | undefined
  #wasOpen = false
  #isDue = false

  /** The chat that is shown: one that was given, else the element's own. */
  get chat(): Chat {
    if (this.#given) return this.#given
    const identityToken = this.identityToken
    const storage = storageOf(this.#read)
    this.#own ??= createChat({
      tabs,
      baseUrl: this.getAttribute('base-url') ?? home,
      ...(storage && { storage }),
      ...(identityToken && { identityToken }),
    })
    return this.#own
  }

  set chat(chat: Chat | undefined) {
    this.#leave()
    this.#given = chat
    this.#update()
  }

  /** Texts in the place of the shipped ones. */
  get texts(): Partial<Texts> | undefined {
    return this.#texts
  }

  set texts(texts: Partial<Texts> | undefined) {
    this.#texts = texts
    this.#update()
  }

  /**
   * Names the visitor who is signed in on the site: a JWT, or a function that fetches a fresh one.
   */
  get identityToken(): IdentityToken | undefined {
    return this.#identityToken ?? this.getAttribute('identity-token') ?? undefined
  }

  set identityToken(token: IdentityToken | undefined) {
    this.#leave()
    this.#identityToken = token
    this.#update()
  }

  open(): void {
    this.setAttribute('open', '')
  }

  close(): void {
    this.removeAttribute('open')
  }

  /** Leaves nothing of the visitor in this browser. Rejects when the gateway could not be told. */
  signOut(options?: { everywhere?: boolean }): Promise<void> {
    return this.chat.signOut(options)
  }

  connectedCallback(): void {
    for (const name of properties) this.#adopt(name)
    this.#view ??= openView(this)
    this.#update()
  }

  disconnectedCallback(): void {
    this.#heard?.stop()
    this.#heard = undefined
    this.#view?.clear()
    this.#own?.close()
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value) return
    if (chatAttributes.includes(name)) this.#leave()
    if (name === 'routing-attributes') this.#routingAttributes = routingAttributesOf(this.#read)
    this.#update()
  }

  readonly #read = (name: string) => this.getAttribute(name)

  /** A property that a page set before the element was known hides what stands here. */
  #adopt(name: (typeof properties)[number]): void {
    if (!Object.hasOwn(this, name)) return
    const { [name]: value } = this
    delete this[name]
    Object.assign(this, { [name]: value })
  }

  /** The element's own chat is not the right one any more. */
  #leave(): void {
    this.#own?.close()
    this.#own = undefined
  }

  /** Once for all that changes in one go. */
  #update(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (this.isConnected) this.#show()
    })
  }

  #show(): void {
    const { chat } = this
    if (this.#heard?.chat !== chat) this.#hear(chat)
    const open = this.hasAttribute('open')
    if (open !== this.#wasOpen) this.#dispatch(open ? 'miaw-open' : 'miaw-close')
    this.#wasOpen = open
    const routingAttributes = this.#routingAttributes
    this.#view?.show({
      chat,
      open,
      onOpenChange: (isOpen) => void this.toggleAttribute('open', isOpen),
      layout: layoutOf(this.#read),
      theme: themeOf(this.#read),
      language: this.getAttribute('language') ?? undefined,
      texts: this.#texts,
      startOptions: { ...(routingAttributes && { routingAttributes }) },
    })
  }

  #hear(chat: Chat): void {
    this.#heard?.stop()
    const tell = (message: ChatMessage) => this.#dispatch('miaw-message', message)
    this.#heard = { chat, stop: chat.on('message', tell) }
    if (chat === this.#own) void chat.resume()
  }

  #dispatch(type: string, detail?: ChatMessage): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'miaw-chat': MiawChat
  }
  interface HTMLElementEventMap {
    'miaw-open': CustomEvent<null>
    'miaw-close': CustomEvent<null>
    'miaw-message': CustomEvent<ChatMessage>
  }
}
