/** Reads the tag's attributes. Pure. */
import type { ChatStorage } from '../core/index.js'

/** Gives an attribute's text; null when it is not there. */
export type Read = (name: string) => string | null

/** A change of one of these is another chat. */
export const chatAttributes = ['base-url', 'storage', 'identity-token']

/** A change of one of these is the same chat in another dress. */
export const looks = ['layout', 'language', 'theme', 'open', 'routing-attributes']

/** Returns the origin of the script, which is the gateway's; empty where that is no web address. */
export function homeOf(scriptUrl: string): string {
  const { protocol, origin } = new URL(scriptUrl)
  return protocol.startsWith('http') ? origin : ''
}

/** Blocked storages throw when they are named: not before they are used. */
const session: ChatStorage = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
}

/** The storage of `storage="session"`; undefined is the client's own choice. */
export const storageOf = (read: Read) => (read('storage') === 'session' ? session : undefined)

export const layoutOf = (read: Read) => (read('layout') === 'inline' ? 'inline' : 'launcher')

export function themeOf(read: Read): 'auto' | 'light' | 'dark' {
  const theme = read('theme')
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string')

/** `routing-attributes='{"_subject": "Customs"}'`; what cannot be read is told, and left out. */
export function routingAttributesOf(read: Read): Record<string, string> | undefined {
  const text = read('routing-attributes')
  if (!text) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (isTexts(value)) return value
  } catch {}
  console.error(`<miaw-chat>: routing-attributes is no JSON object of texts: ${text}`)
  return undefined
}
