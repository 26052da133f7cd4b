/** Makes visitors' ids, which tell a guest from a known visitor. */

/** Returns a guest's id. */
export function guestIdOf(unique: string): string {
  return `guest-${unique}`
}

/** Returns the id of a visitor whom the site's own login knows; never a guest's. */
export function knownIdOf(unique: string): string {
  return `known-${unique}`
}

/** Tells whether an id is a guest's. */
export function isGuestId(visitorId: string): boolean {
  return visitorId.startsWith('guest-')
}
