/** Defines what a text may hold, in both directions (contract, "Messages"). Pure. */

/** Ends of lines of any kind; a lone U+000D is one as well. */
const lineBreaks = /\r\n?|[\v\f\u0085\u2028\u2029]/g
/**
 * Matches control characters, and those that turn the direction of a text, by which it can pose as
 * another.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** Returns a text without control characters, but with tabs, and with U+000A as its line break. */
export function toPlainText(text: string): string {
  return text.replace(lineBreaks, '\n').replace(controls, '')
}

/**
 * Returns a title or name on one line: a blank stands for each run of line breaks. Runs are matched
 * whole, because a search for blanks before a line break takes quadratic time.
 */
export function toLine(text: string): string {
  return toPlainText(text).replace(/[\n ]+/g, (run) => (run.includes('\n') ? ' ' : run))
}
