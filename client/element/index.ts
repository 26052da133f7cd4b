/**
 * `<script type="module" src="…/miaw-chat.js">`: makes `<miaw-chat>` known to the page. Exports what a page
 * needs that makes its own chat and hands it over as `element.chat`.
 */
import { MiawChat } from './miaw-chat.js'

export { createChat } from '../core/index.js'
export { tabs } from '../core/tabs.js'
export { upload } from '../core/upload.js'
export { MiawChat }

const tag = 'miaw-chat'

/** A page that loads the script twice has it once. */
const registry = globalThis.customElements
if (registry && !registry.get(tag)) registry.define(tag, MiawChat)
