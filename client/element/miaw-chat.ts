import { type Chat, type ChatMessage, createChat, type IdentityToken } from '../core/index.js'
import { tabs } from '../core/tabs.js'
import type { Fallback } from '../widget/props.js'
import type { Texts } from '../widget/texts/en.js'
import {
  chatAttributes,
  displayAttributes,
  fallbackOf,
  layoutOf,
  originOf,
  routingAttributesOf,
  storageOf,
  themeOf,
} from './attributes.js'
import { openView } from './view.js'

const scriptOrigin = originOf(import.meta.url)

/** Refers to `HTMLElement`, or without a browser to a stand-in: the module can be imported there. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/** Holds the page's elements in the order in which they were inserted. */
const elements = new Set<MiawChat>()

const properties = ['chat', 'texts', 'fallback', 'identityToken', 'open'] as const

/**
 * Shows a complete chat on any page, as `<miaw-chat>`. Attributes and properties may change at any
 * time; the element may be removed and inserted again. Events: `miaw-open`, `miaw-close`,
 * `miaw-message`.
 */
export class MiawChat extends Base {
  static readonly observedAttributes = [...chatAttributes, ...displayAttributes]

  #view: ReturnType<typeof openView> | undefined
  #assignedChat: Chat | undefined
  #ownChat: Chat | undefined
  #subscription: { chat: Chat; stop(): void } | undefined
  #texts: Partial<Texts> | undefined
  #fallback: Fallback | undefined
  #fallbackAttribute: Fallback | undefined
  #identityToken: IdentityToken | undefined
  #routingAttributes: Record<string, string> | undefined
  #wasOpen = false
  #isDue = false
  #isSpare = false
  /** Tells that the page decided if the panel is open, or that the visitor's choice is restored. */
  #isDecided = false

  /** Returns the chat that is shown: the one that the page set, else the element's own. */
  get chat(): Chat {
    if (this.#assignedChat) return this.#assignedChat
    const identityToken = this.identityToken
    const storage = storageOf(this.#read)
    this.#ownChat ??= createChat({
      tabs,
      baseUrl: this.getAttribute('base-url') ?? scriptOrigin,
      ...(storage && { storage }),
      ...(identityToken && { identityToken }),
    })
    return this.#ownChat
  }

  set chat(chat: Chat | undefined) {
    this.#closeOwnChat()
    this.#assignedChat = chat
    this.#update()
  }

  /** Replaces the shipped texts. */
  get texts(): Partial<Texts> | undefined {
    return this.#texts
  }

  set texts(texts: Partial<Texts> | undefined) {
    this.#texts = texts
    this.#update()
  }

  /** Names other ways to reach the page's owner: the property, else the attribute. */
  get fallback(): Fallback | undefined {
    return this.#fallback ?? this.#fallbackAttribute
  }

  /** Takes JSON, too: frameworks set an attribute as the property of that name. */
  set fallback(fallback: Fallback | string | undefined) {
    this.#fallback = typeof fallback === 'string' ? fallbackOf(() => fallback) : fallback
    this.#update()
  }

  /**
   * Names the visitor who is signed in on the site: a JWT, or a function that fetches a fresh one.
   */
  get identityToken(): IdentityToken | undefined {
    return this.#identityToken ?? this.getAttribute('identity-token') ?? undefined
  }

  set identityToken(token: IdentityToken | undefined) {
    this.#closeOwnChat()
    this.#identityToken = token
    this.#update()
  }

  /** Opens the panel of a launcher. */
  get open(): () => void {
    return this.#open
  }

  /** Opens or closes the panel: frameworks set the attribute as a property, true or empty. */
  set open(isOpen: boolean | string | null | undefined) {
    this.#isDecided = true
    this.toggleAttribute('open', isOpen === '' || Boolean(isOpen))
  }

  close(): void {
    this.removeAttribute('open')
  }

  /**
   * Removes the visitor's data from this browser. Rejects when the request to the gateway fails.
   */
  signOut(options?: { everywhere?: boolean }): Promise<void> {
    return this.chat.signOut(options)
  }

  connectedCallback(): void {
    for (const name of properties) this.#upgradeProperty(name)
    this.#view ??= openView(this)
    elements.add(this)
    this.#update()
  }

  /** Keeps the view: an element that is inserted again in the same task was moved. */
  disconnectedCallback(): void {
    elements.delete(this)
    this.#update()
    this.#updateAll()
  }

  /** Lets `moveBefore` move the element without removing it. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value) return
    if (chatAttributes.includes(name)) this.#closeOwnChat()
    if (name === 'routing-attributes') this.#routingAttributes = routingAttributesOf(this.#read)
    if (name === 'fallback') this.#fallbackAttribute = fallbackOf(this.#read)
    this.#updateAll()
  }

  readonly #open = () => {
    this.open = true
  }

  readonly #read = (name: string) => this.getAttribute(name)

  /**
   * Sets a property again that the page set before the element was defined: it hides the setter.
   */
  #upgradeProperty(name: (typeof properties)[number]): void {
    if (!Object.hasOwn(this, name)) return
    const { [name]: value } = this
    delete this[name]
    Object.assign(this, { [name]: value })
  }

  /** Closes the element's own chat, so that the next one has the new settings. */
  #closeOwnChat(): void {
    this.#ownChat?.close()
    this.#ownChat = undefined
  }

  /** Shows nothing, and polls no more. */
  #rest(): void {
    this.#subscription?.stop()
    this.#subscription = undefined
    this.#view?.clear()
    this.#ownChat?.close()
  }

  /** Tells whether another launcher has the corner of the page, and reports that once. */
  #findSpare(): boolean {
    const isLauncher = (element: MiawChat) => layoutOf(element.#read) === 'launcher'
    const isSpare = isLauncher(this) && [...elements].find(isLauncher) !== this
    if (isSpare && !this.#isSpare) console.error('<miaw-chat>: a second launcher is not shown')
    this.#isSpare = isSpare
    return isSpare
  }

  /** Updates every element of the page: one may give way to another. */
  #updateAll(): void {
    for (const element of elements) element.#update()
  }

  /** Shows the element again, once for all changes of one task. */
  #update(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (!this.isConnected || this.#findSpare()) this.#rest()
      else this.#show()
    })
  }

  #show(): void {
    const { chat } = this
    if (this.#subscription?.chat !== chat) this.#listen(chat)
    const kept = this.#isDecided ? '' : chat.drafts.read('open')
    this.#isDecided = true
    if (kept) this.toggleAttribute('open', kept === 'true')
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
      fallback: this.fallback,
      hideWhenClosed: this.hasAttribute('hide-when-closed'),
      startOptions: routingAttributes && { routingAttributes },
    })
  }

  #listen(chat: Chat): void {
    this.#subscription?.stop()
    const onMessage = (message: ChatMessage) => this.#dispatch('miaw-message', message)
    this.#subscription = { chat, stop: chat.on('message', onMessage) }
    if (chat === this.#ownChat) void chat.resume()
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
