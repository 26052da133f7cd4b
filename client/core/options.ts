import type { StartOptions } from './api-types.js'
import type { Tabs } from './coordination.js'
import type { Environment } from './environment.js'
import type { IdentityToken } from './session.js'
import type { ChatStorage } from './storage.js'

export type ChatOptions = {
  /** The gateway's address, such as `https://chat.example.com`; empty on its own pages. */
  baseUrl: string
  /** `localStorage` unless said otherwise: the tabs of a browser are one visitor. */
  storage?: ChatStorage
  /** Names the visitor who is signed in on the site, if any. */
  identityToken?: IdentityToken
  /** Options that every conversation is started with; those given to `start` join them. */
  startOptions?: StartOptions | undefined
  fetch?: typeof fetch
  /** `tabs` of `miaw-gateway/client/tabs`: one tab reads for all. */
  tabs?: Tabs
  /** For where there is no browser. */
  environment?: Environment
}
