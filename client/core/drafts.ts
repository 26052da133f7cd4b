import { globals } from './browser-globals.js'

/** Keeps texts that the visitor has begun, by their names, as long as the session of the tab. */
export type Drafts = ReturnType<typeof createDrafts>

/** Creates the drafts of a chat. Where `sessionStorage` is blocked, they live as long as the page. */
export function createDrafts(key: string) {
  let texts: Record<string, unknown> | undefined

  /** Returns what is known; at first what is stored, where anything but an object is nothing. */
  function all(): Record<string, unknown> {
    try {
      texts ??= Object(JSON.parse(globals.sessionStorage?.getItem(key) ?? ''))
    } catch {}
    return texts ?? {}
  }

  function save(next: Record<string, unknown>): void {
    texts = next
    try {
      globals.sessionStorage?.setItem(key, JSON.stringify(next))
    } catch {}
  }

  return {
    /** Returns the text of this name; empty when there is none. */
    read(name: string): string {
      const text = all()[name]
      return typeof text === 'string' ? text : ''
    },
    /** Keeps a text under a name; an empty one is as good as none. */
    write: (name: string, text: string): void => save({ ...all(), [name]: text || undefined }),
    /** Removes all texts. */
    clear(): void {
      texts = {}
      try {
        globals.sessionStorage?.removeItem(key)
      } catch {}
    },
  }
}
