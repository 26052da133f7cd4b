import { staticMessage } from './items.js'

/** Composes a plain text. */
export const text = (text: string) => staticMessage({ formatType: 'Text', text })

/** Composes a text with a citation of its source. */
export const citedText = () =>
  staticMessage({
    formatType: 'Text',
    text: 'The harbour opens at six. Pilots are on duty all night.',
    citationContent: {
      citations: [
        {
          citedReference: {
            citedReferenceType: 'Link',
            link: { url: 'https://harbor.example/hours' },
            recordId: null,
            label: 'Opening hours',
          },
          citedDetails: {
            citedDetailsType: 'InlineMetadata',
            inlineMetadata: [
              { citedLocationOffset: 25, claim: { claimStartOffset: 0, claimEndOffset: 25 } },
            ],
          },
        },
      ],
    },
  })

/** Composes HTML entities as bots send them (§7.20), markup, and control characters. */
export const entities = () =>
  text('It&#39;s 5 &lt; 6 &amp; <b>bold</b>\u0007 \u202Eback\u202C \u0000end\tof\nline')

/** Composes a message of an undocumented format, which clients must skip. */
export const unknownFormat = () =>
  staticMessage({ formatType: 'Hologram', beam: 'https://harbor.example/h' })

/** Composes the Markdown of an Agentforce agent: headings, lists, bold, links and code. */
export const markdown = () =>
  text(`## Opening hours

The harbour opens at **six**. You need:

1. your *container number*, such as \`HRBU1234567\`
2. a [pilot](https://harbor.example/pilots)

- Mondays to Fridays until ten
- Saturdays until noon`)

/**
 * Composes the JSON document that newer agents put into a text: Markdown, suggestions, and a block
 * of a type that no client knows.
 */
export const envelope = () =>
  text(
    JSON.stringify({
      response: [
        { type: 'markdown', data: { content: 'We open at **nine**.' } },
        { type: 'tide_table', data: { port: 'Busan' } },
        { type: 'suggestions', data: { display_text: ['Where are you?', 'Call me back'] } },
      ],
    }),
  )
