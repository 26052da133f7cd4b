import type { StartOptions } from './api-types.js'
import type { Tabs } from './coordination.js'
import type { Environment } from './environment.js'
import type { IdentityToken } from './session.js'
import type { ChatStorage } from './storage.js'

export type ChatOptions = {
  /** Names the gateway's address, such as `https://chat.example.com`; empty on its own pages. */
  baseUrl: string
  /** Defaults to `localStorage`: the tabs of a browser are one visitor. */
  storage?: ChatStorage
  /** Names the visitor who is signed in on the site, if any. */
  identityToken?: IdentityToken
  /** Holds options that every conversation is started with; those of `start` join them. */
  startOptions?: StartOptions | undefined
  fetch?: typeof fetch
  /** Takes `tabs` of `miaw-gateway/client/tabs`: one tab polls for all. */
  tabs?: Tabs
  /** Replaces the browser where there is none. */
  environment?: Environment
}
