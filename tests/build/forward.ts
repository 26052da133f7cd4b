/**
 * Sends a request on to a server: same path, method, headers and body. The body goes in one piece, as
 * browsers send it: `vercel dev` fails on a `transfer-encoding`.
 */
export async function forward(
  request: Request,
  server: string,
  added: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const headers = new Headers(request.headers)
  for (const [name, value] of Object.entries(added)) headers.set(name, value)
  const body = request.body && (await request.arrayBuffer())
  return await fetch(new URL(`${pathname}${search}`, server), {
    method: request.method,
    headers,
    body,
  })
}
