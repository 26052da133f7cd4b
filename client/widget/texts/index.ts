/** Exports the texts of all languages. Each has a file of its own, for tools that keep it all. */
export { german } from './de.js'
export { english, type Texts } from './en.js'
export { spanish } from './es.js'
export { japanese } from './ja.js'
