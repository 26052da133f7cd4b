/** Reads the tag's attributes. Pure. */
import type { ChatStorage } from '../core/index.js'
import type { Fallback } from '../widget/props.js'

/** Returns an attribute's text; null when it is not set. */
export type ReadAttribute = (name: string) => string | null

/** Lists the attributes whose change makes another chat. */
export const chatAttributes = ['base-url', 'storage', 'identity-token']

/** Lists the attributes whose change only displays the same chat in another way. */
export const displayAttributes = [
  ...['layout', 'language', 'theme', 'open'],
  ...['routing-attributes', 'fallback', 'hide-when-closed'],
]

/** Returns the origin of the script, which is the gateway's; empty where that is no web address. */
export function originOf(scriptUrl: string): string {
  const { protocol, origin } = new URL(scriptUrl)
  return protocol.startsWith('http') ? origin : ''
}

/** Refers to `sessionStorage` on each use only: a blocked one throws when it is accessed. */
const session: ChatStorage = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
}

/** Returns the storage of `storage="session"`; undefined leaves the choice to the client. */
export const storageOf = (read: ReadAttribute) =>
  read('storage') === 'session' ? session : undefined

export const layoutOf = (read: ReadAttribute) =>
  read('layout') === 'inline' ? 'inline' : 'launcher'

export function themeOf(read: ReadAttribute): 'auto' | 'light' | 'dark' {
  const theme = read('theme')
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string')

/** Parses a JSON object of texts. An invalid one is logged by `console.error`, and ignored. */
function textsOf(read: ReadAttribute, name: string): Record<string, string> | undefined {
  const text = read(name)
  if (!text) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (isTexts(value)) return value
  } catch {}
  console.error(`<miaw-chat>: ${name} is no JSON object of texts: ${text}`)
  return undefined
}

/** Parses `routing-attributes='{"_subject": "Customs"}'`. */
export const routingAttributesOf = (read: ReadAttribute) => textsOf(read, 'routing-attributes')

/** Parses `fallback='{"phone": "+49 40 123456"}'`. */
export const fallbackOf = (read: ReadAttribute): Fallback | undefined => textsOf(read, 'fallback')
