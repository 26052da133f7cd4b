/** Decides which kinds of files may be sent. Pure. */
import { endingsOf, typeByEnding } from './endings.js'

/**
 * Lists pictures, documents and plain text: what a support team can open, and what does not run.
 */
export const defaultUploadTypes: readonly string[] = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/heif',
  'application/pdf',
  'text/plain',
  'text/csv',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
]

/**
 * Holds types that a browser may run or render as a page. They are never taken, even when
 * configured.
 */
const activeTypes =
  /^(text\/(html|xml|xsl|javascript|ecmascript|jscript|vbscript)|application\/(xml|xhtml|javascript|ecmascript|x-javascript|hta|x-msdownload|x-sh|x-httpd-php|x-shockwave-flash)|image\/svg|message\/rfc822|multipart\/.*)|\+xml$/

/**
 * Lists types that a system declares for lack of a better name, by the ending of the file's name.
 */
const aliases: readonly [declared: string, ending: RegExp, meant: string][] = [
  ['image/jpg', /$/, 'image/jpeg'],
  ['application/x-zip-compressed', /$/, 'application/zip'],
  // Windows with Excel installed declares it so.
  ['application/vnd.ms-excel', /\.csv$/i, 'text/csv'],
]

/** Lists what a system declares when it knows no type. */
const unknownTypes = ['', 'application/octet-stream']

/** Returns the declared type in lower case without parameters, under its standard name. */
function canonicalType(declared: string, name: string): string {
  const type = (declared.split(';')[0] ?? '').trim().toLowerCase()
  const found = aliases.find(([wrong, ending]) => wrong === type && ending.test(name))
  return found ? found[2] : type
}

/**
 * Returns that of the taken types which a file has by its declaration, or by its name's ending where
 * the system that declares knows no type; undefined for any other file.
 */
export function takenType(
  { type, name }: { type: string; name: string },
  taken: readonly string[],
): string | undefined {
  const declared = canonicalType(type, name)
  if (unknownTypes.includes(declared)) return typeByEnding(name, taken)
  return taken.find((each) => each === declared)
}

/** Returns the endings of these types with their dots, as the `accept` of a file field takes them. */
export function acceptedEndings(types: readonly string[]): string[] {
  return [...new Set(types.flatMap((type) => endingsOf(type)))].map((ending) => `.${ending}`)
}

/** Returns those of the types that may be taken at all, under their standard names. */
export function allowedTypes(types: readonly string[]): readonly string[] {
  return types.map((type) => canonicalType(type, '')).filter((type) => !activeTypes.test(type))
}

/** Tells whether a type is checked as text, because it has no signature. */
export function isText(type: string): boolean {
  return type.startsWith('text/') || type === 'application/json'
}
