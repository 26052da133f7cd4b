import { globals, type PageStorage } from './browser-globals.js'
import { toJson } from './json.js'

/** Keeps texts that the visitor has begun, by their names, as long as the session of the tab. */
export type Drafts = ReturnType<typeof createDrafts>

/** Creates the drafts of a chat. Where `sessionStorage` is blocked, they live as long as the page. */
export function createDrafts(key: string) {
  let texts: Record<string, unknown> | undefined

  /** Does work with the storage of the tab's session, which may be missing or refuse. */
  function inSession(work: (session: PageStorage) => void): void {
    try {
      work(globals.sessionStorage as PageStorage)
    } catch {}
  }

  /** Returns what is known; at first what is stored, where anything but an object is nothing. */
  function all(): Record<string, unknown> {
    inSession((session) => {
      texts ??= Object(JSON.parse(session.getItem(key) as string))
    })
    return texts ?? {}
  }

  return {
    /** Returns the text of this name; empty when there is none. */
    read(name: string): string {
      const text = all()[name]
      return typeof text === 'string' ? text : ''
    },
    /** Keeps a text under a name; an empty one is as good as none. */
    write(name: string, text: string): void {
      texts = { ...all(), [name]: text }
      inSession((session) => session.setItem(key, toJson(texts)))
    },
    /** Removes all texts. */
    clear(): void {
      texts = {}
      inSession((session) => session.removeItem(key))
    },
  }
}
