/**
 * Describes the parts of a browser that the client uses. They are typed here, so that the client
 * compiles without a browser's types and reads nothing that might be missing.
 */

/** Describes the Web Locks API (`navigator.locks`). */
export type Locks = {
  request<T>(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    work: () => T | Promise<T>,
  ): Promise<T>
}

/** Describes a `BroadcastChannel`. */
export type Channel = {
  onmessage: ((event: { data: never }) => void) | null
  postMessage(data: unknown): void
  close(): void
}

/** Describes the part of an `XMLHttpRequest` that uploads. */
export type Upload = {
  upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null }
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  readonly status: number
  readonly responseText: string
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getResponseHeader(name: string): string | null
  send(body: FormData): void
  abort(): void
}

type Listen = (
  type: string,
  listener: (event: { type: string }) => void,
  options: { signal: AbortSignal; capture: boolean },
) => void

/** Describes a storage of the page, any use of which may throw. */
export type PageStorage = {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

type BrowserGlobals = {
  document?: { hidden: boolean }
  navigator?: { onLine?: boolean; locks?: Locks }
  BroadcastChannel?: new (name: string) => Channel
  XMLHttpRequest?: new () => Upload
  localStorage?: PageStorage
  sessionStorage?: PageStorage
  addEventListener?: Listen
}

/** Refers to the global object, any part of which may be missing. */
export const globals: BrowserGlobals = globalThis as object
