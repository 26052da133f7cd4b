/** Lists words to try in the local sandbox, whose bot has an answer to each. */

/** Groups the words, separated by spaces, by the kind of message that they show. */
export const words: Readonly<Record<string, string>> = {
  'Choices to tap': 'quick buttons list carousel time',
  'A form to fill in': 'form prechat',
  'Fast and slow': 'burst slow',
  'Heard by events only': 'progress queue stream shuffled invalid',
  People: 'agent transfer busy nobody staff supervisor system router',
  Texts: 'help markdown envelope cite entities auto unknown',
  'Links and files': 'link links media file web',
  Endings: 'bye end vanish closed',
}
