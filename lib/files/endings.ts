/** Knows the endings that names of files have, each by the file's type. Pure. */

/** Lists endings without their dot, the usual one first. */
const endingsByType: Readonly<Record<string, readonly string[]>> = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/heic': ['heic', 'heif', 'hif'],
  'image/heif': ['heic', 'heif', 'hif'],
  'image/tiff': ['tif', 'tiff'],
  'application/pdf': ['pdf'],
  'application/json': ['json', 'txt'],
  'application/zip': ['zip'],
  'application/msword': ['doc'],
  'application/vnd.ms-excel': ['xls'],
  'application/vnd.ms-powerpoint': ['ppt'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  'audio/mpeg': ['mp3'],
  'video/mp4': ['mp4', 'm4v'],
  'video/mpeg': ['mpg', 'mpeg'],
  'text/csv': ['csv', 'tsv', 'txt'],
  'text/markdown': ['md', 'txt'],
  'text/plain': ['txt', 'text', 'log', 'md', 'csv', 'tsv'],
}

/** Returns the endings of a type, the usual one first; `others` for a type that is not listed. */
export function endingsOf(type: string, others: readonly string[] = []): readonly string[] {
  return endingsByType[type] ?? others
}

/** Returns that of these types whose names end so, one with this as its usual ending first. */
export function typeByEnding(name: string, types: readonly string[]): string | undefined {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const isUsual = (type: string) => endingsOf(type)[0] === ending
  return types.find(isUsual) ?? types.find((type) => endingsOf(type).includes(ending))
}
