/** Tests what must hold of every text that a bot may send, read as Markdown. */
import fc from 'fast-check'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { safeLink } from '../../lib/salesforce/links.js'
import { readMarkdown } from '../../lib/salesforce/markdown/markdown.js'
import { propertyRuns } from '../support/property-runs.js'

const fragments = [
  ...[
    'a',
    'b c',
    ' ',
    '  ',
    '\t',
    '\n',
    '\n\n',
    '    ',
    '\\',
    '!',
    '|',
    '&',
    ';',
    ':',
    '.',
    '"',
    "'",
  ],
  ...[
    '*',
    '**',
    '_',
    '__',
    '`',
    '``',
    '```',
    '~~~',
    '~~',
    '#',
    '# ',
    '> ',
    '- ',
    '* ',
    '+ ',
    '1. ',
    '2) ',
  ],
  ...[
    '[',
    ']',
    '(',
    ')',
    '](',
    '![',
    '[a]',
    '[a]: ',
    '<',
    '>',
    '/',
    '</',
    '<!--',
    '-->',
    '<?',
    '?>',
  ],
  ...[
    '<b>',
    '</b>',
    '<div>',
    '</div>',
    '<script>',
    '</script>',
    '<img src=x onerror=alert(1)>',
    '<pre>',
  ],
  ...[
    '<![CDATA[',
    ']]>',
    '<!X',
    '<a href="javascript:alert(1)">',
    '<style>',
    '<svg/onload=alert(1)>',
  ],
  ...[
    'https://a.example/b',
    'javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@b.example',
    '/relative',
  ],
  ...[
    '<https://a.example>',
    '<javascript:alert(1)>',
    'java&Tab;script:x',
    'javascript&colon;x',
    'www.a.example',
  ],
  ...[
    '[x](https://a.example)',
    '[x](javascript:alert(1))',
    '![x](https://a.example/p.png)',
    '![](data:,x)',
  ],
  ...[
    '[x]: javascript:alert(1)\n\n',
    '[a]: https://a.example "t"\n\n',
    '[![x](/p.png)](https://a.example)',
  ],
  ...[
    '| a | b |\n|---|---|\n| ',
    '\\|',
    '|---|\n',
    '---\n',
    '===\n',
    '&lt;',
    '&#60;',
    '&#0;',
    '&#x202e;',
    '&amp;',
  ],
]

const pieces = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...fragments) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
)
const texts = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''))

const lenient = { allowDangerousHtml: true, allowDangerousProtocol: true }

/** Renders a text as CommonMark, taking everything. */
const asCommonMark = (markdown: string) => micromark(markdown, lenient)

/** Renders a text as GitHub does, but taking everything: with tables, and bare addresses as links. */
const asGitHub = (markdown: string) =>
  micromark(markdown, { ...lenient, extensions: [gfm()], htmlExtensions: [gfmHtml()] })

const addressesIn = (html: string) =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, address = '']) => address.replaceAll('&amp;', '&'))

const ownTags =
  /<\/?(?:p|h[1-6]|em|strong|del|code|pre|ul|ol|li|blockquote|hr|br|table|thead|tbody|tr|td|th|a|input)(?: (?:href|class|title|start|align|type|disabled|checked|id|data-footnote-[a-z]+|aria-[a-z]+|dir)="[^"]*")*(?: \/)?>/g

/** Fails if HTML holds anything but what a renderer itself writes. */
function expectNoTags(html: string): void {
  expect(html.replace(ownTags, '')).not.toMatch(/<[a-z/!?]/i)
}

describe('a text read as Markdown', () => {
  it('never becomes HTML, pictures or forbidden links in a renderer that takes everything', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { markdown } = readMarkdown(text)
        if (markdown === undefined) return
        const html = asCommonMark(markdown)
        expectNoTags(html)
        for (const address of addressesIn(html))
          expect(safeLink(decodeURI(address)), address).not.toBeNull()
      }),
      { numRuns: propertyRuns(4000) },
    )
  })

  it('never becomes HTML, pictures or other schemes with tables and bare addresses', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const html = asGitHub(readMarkdown(text).markdown ?? '')
        expectNoTags(html)
        for (const address of addressesIn(html))
          expect(address).toMatch(/^(?:https?:|mailto:|tel:|#user-content-)/i)
      }),
      { numRuns: propertyRuns(4000) },
    )
  })

  it('is the same each time, and the same again when its Markdown is read', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const read = readMarkdown(text)
        expect(readMarkdown(text)).toEqual(read)
        if (read.markdown !== undefined) expect(readMarkdown(read.markdown)).toEqual(read)
      }),
      { numRuns: propertyRuns(2000) },
    )
  })

  it('has Markdown only where that says more than the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { markdown, text: plain } = readMarkdown(text)
        if (markdown !== undefined) expect(markdown).not.toBe(plain)
      }),
    )
  })

  it('keeps every word and loses no text without marks', () => {
    const words = fc.array(fc.constantFrom('open', 'nine', 'é', '😀', '5', 'o’clock', '?'), {
      maxLength: 9,
    })
    fc.assert(
      fc.property(words, (said) => {
        expect(readMarkdown(said.join(' '))).toEqual({ text: said.join(' ') })
        expect(readMarkdown(`**${said.join(' ')}**x`).text).toContain(said.join(' '))
      }),
    )
  })
})
