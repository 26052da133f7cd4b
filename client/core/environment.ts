import { globals } from './browser-globals.js'

/** Describes what a chat needs of its environment. Pass another one where there is no browser. */
export type Environment = {
  /** Nobody is looking: it reads slowly. */
  isHidden(): boolean
  /** False only when it is certain that there is no network. */
  isOnline(): boolean
  /** Calls back whenever one of the two may have changed; what it returns stops that. */
  watch(onChange: () => void): () => void
  /** Does the work while nobody else, in no other tab, does work of that name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
}

const changes = ['visibilitychange', 'online', 'offline']

/** A page in a browser; also safe where there is none, such as in a server's rendering. */
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
