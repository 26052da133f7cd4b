/** An answer that a browser keeps as a file and never shows as a page. */
export function attachment(name: string, type: string, content: ReadableStream): Response {
  return new Response(content, {
    headers: {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'private, no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
