import { globals } from './browser-globals.js'

/** Describes what a chat needs of its environment. Pass another one where there is no browser. */
export type Environment = {
  /** Tells whether the page is hidden: then the chat polls slowly. */
  isHidden(): boolean
  /** Returns false only when it is certain that there is no network. */
  isOnline(): boolean
  /** Calls back whenever one of the two may have changed. Returns a function that stops that. */
  watch(onChange: () => void): () => void
  /** Runs `work` while no other work of that name runs, in any tab. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
}

const changes = ['visibilitychange', 'online', 'offline']

/** Describes a page in a browser. It is safe without a browser too, such as in server rendering. */
export const browser: Environment = {
  isHidden: () => !!globals.document?.hidden,
  isOnline: () => globals.navigator?.onLine !== false,
  watch(onChange) {
    const life = new AbortController()
    for (const type of changes) globals.addEventListener?.(type, onChange, life)
    return () => life.abort()
  },
  exclusively: (name, work) => globals.navigator?.locks?.request(name, {}, work) ?? work(),
}
