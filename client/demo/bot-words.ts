/** Words to try where the Salesforce is the local sandbox, whose bot has an answer to each. */

/** The bot's words on the demo page, with what each shows. */
export const words: Readonly<Record<string, string>> = {
  'Choices to tap': 'quick buttons list carousel time',
  'A form to fill in': 'form',
  'Fast and slow': 'burst slow',
  'Links and files': 'link links media file web',
  People: 'agent transfer busy staff',
  Texts: 'help cite entities auto unknown',
  Endings: 'bye end',
}
