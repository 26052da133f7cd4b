/** A random UUID v4, also where the page is not a secure one and `crypto.randomUUID` is missing. */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(31))
  let place = 0
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (kind) => {
    const digit = (bytes[place++] ?? 0) & 15
    return (kind === 'x' ? digit : (digit & 3) | 8).toString(16)
  })
}
