type Attachment = {
  name: string
  type: string
  /** Holds the length of the body; null when it is not known. */
  bytes: number | null
  body: ReadableStream
}

/** Makes an answer that a browser keeps as a file and never shows as a page. */
export function attachment({ name, type, bytes, body }: Attachment): Response {
  return new Response(body, {
    headers: {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name}"`,
      ...(bytes !== null && { 'Content-Length': String(bytes) }),
      'Cache-Control': 'private, no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
