const linesPerPage = 52
const charactersPerLine = 100

/**
 * Creates a small valid PDF 1.4, A4 in Helvetica: one line of text after the other, long ones cut.
 */
export function pdfOf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const pages = pagesOf(lines)
  const kids = pages.map((_, index) => `${pageNumber(index)} 0 R`).join(' ')
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((page, index) => [
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] ' +
        `/Resources << /Font << /F1 3 0 R >> >> /Contents ${pageNumber(index) + 1} 0 R >>`,
      streamOf(page),
    ]),
  ])
}

/**
 * Returns an object's number. They begin at 1: catalog, pages, font, then each page and its
 * content.
 */
const pageNumber = (index: number) => 4 + 2 * index

function pagesOf(lines: readonly string[]): string[][] {
  const count = Math.max(1, Math.ceil(lines.length / linesPerPage))
  return Array.from({ length: count }, (_, index) =>
    lines.slice(index * linesPerPage, (index + 1) * linesPerPage),
  )
}

function streamOf(lines: readonly string[]): string {
  const shown = lines.map((line) => `(${escaped(line)}) Tj T*`).join('\n')
  const content = `BT /F1 10 Tf 40 800 Td 14 TL\n${shown}\nET`
  return `<< /Length ${content.length} >>\nstream\n${content}\nendstream`
}

/** Escapes a line in Latin-1 only, so that a character is a byte. */
function escaped(line: string): string {
  return line
    .slice(0, charactersPerLine)
    .replaceAll(/[^ -~\u00A0-\u00FF]/g, '?')
    .replaceAll(/[\\()]/g, '\\$&')
}

function assemble(objects: readonly string[]): Uint8Array<ArrayBuffer> {
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = body.length
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}`
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
  return Uint8Array.from(Buffer.from(body + table + trailer, 'latin1'))
}
