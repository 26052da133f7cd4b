/**
 * Defines `<miaw-chat>`, when loaded by `<script type="module" src="…/miaw-chat.js">`. Exports the
 * functions for a page that creates its own chat and sets it as `element.chat`.
 */
import { MiawChat } from './miaw-chat.js'

export { createChat } from '../core/index.js'
export { tabs } from '../core/tabs.js'
export { upload } from '../core/upload.js'
export type { MiawChatAttributes } from './tag.js'
export { MiawChat }

const tag = 'miaw-chat'

/** Keeps the first definition, when a page loads the script twice. */
const registry = globalThis.customElements
if (registry && !registry.get(tag)) registry.define(tag, MiawChat)
