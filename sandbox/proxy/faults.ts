/**
 * What a proxy can do to the bytes between a client and a server:
 *
 * - `hang`: takes the request and says nothing; the server never hears of it;
 * - `mute`: the server does its work, and its answer is withheld;
 * - `refuse`: nobody listens, and whoever is connected is cut off;
 * - `cut`: the connection ends when the request comes, before the server hears of it;
 * - `{ cutAfterBytes }`: the server does its work, and so much of its answer arrives (0: nothing);
 * - `{ delayMs }`: the request arrives late, even when its sender has given up meanwhile;
 * - `{ answer }`: an HTTP answer of the proxy's own; the server never hears of the request.
 */
export type ProxyFault =
  | 'hang'
  | 'mute'
  | 'refuse'
  | 'cut'
  | { cutAfterBytes: number }
  | { delayMs: number }
  | { answer: RawHttpResponse }

/** An HTTP answer; `type` is its content type. */
export type RawHttpResponse = { status: number; type: string; body: string }

/** The answer as it stands on the wire; the connection ends after it. */
export function bytesOf({ status, type, body }: RawHttpResponse): string {
  const head = [
    `HTTP/1.1 ${status} Fault`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return [...head, '', body].join('\r\n')
}
