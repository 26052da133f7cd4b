/**
 * Names the faults that a proxy can inject between a client and a server:
 *
 * - `hang`: takes the request and answers nothing; the server never gets it;
 * - `mute`: the server does its work, and its answer is withheld;
 * - `refuse`: refuses connections, and cuts those that are open;
 * - `cut`: the connection ends when the request arrives, before the server gets it;
 * - `{ cutAfterBytes }`: the server does its work, and so many bytes of its answer arrive (0:
 * none);
 * - `{ delayMs }`: the request arrives late, even when its sender has given up meanwhile;
 * - `{ answer }`: the proxy answers by HTTP itself; the server never gets the request.
 */
export type ProxyFault =
  | 'hang'
  | 'mute'
  | 'refuse'
  | 'cut'
  | { cutAfterBytes: number }
  | { delayMs: number }
  | { answer: RawHttpResponse }

/** Describes an HTTP answer; `type` is its content type. */
export type RawHttpResponse = { status: number; type: string; body: string }

/** Formats the answer as bytes of the connection, which ends after it. */
export function bytesOf({ status, type, body }: RawHttpResponse): string {
  const head = [
    `HTTP/1.1 ${status} Fault`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return [...head, '', body].join('\r\n')
}
