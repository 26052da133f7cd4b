/** Tests how Markdown is shown: as the gateway's parser reads it, in elements that do no harm. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { readMarkdown } from '../../client/widget/content/markdown-blocks.js'
import { readInline } from '../../client/widget/content/markdown-inline.js'
import { createParser } from '../../lib/salesforce/markdown/parser.js'
import { propertyRuns } from '../support/property-runs.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'
import { message, textMessage } from './fixtures/message.js'
import { buttonsIn, markupOf, tagsIn } from './markup.js'

/** Makes a message of a bot whose plain text differs from its Markdown. */
const inMarkdown = (markdown: string) =>
  message('Chatbot', '09:30', {
    id: 'x',
    messageType: 'StaticContentMessage',
    text: 'plain',
    staticContent: { formatType: 'Text', text: 'plain', markdown },
  })

/** Returns what stands in the bubble of a message. */
function bubbleOf(markdown: string): string {
  const bubble = /<div class="miaw-bubble miaw-markdown">(.*)<\/div><\/div>$/s
  return bubble.exec(markupOf(inMarkdown(markdown)))?.[1] ?? expect.fail('no bubble')
}

/**
 * Returns the structure of a markup. Headings are paragraphs, blanks between blocks say nothing, and
 * an address that is its own text may be a link or not.
 */
function structureOf(html: string): string {
  return html
    .replace(/<\/?(?:h[1-6]|p)\b[^>]*>|<br \/>/g, ' ')
    .replace(/<hr ?\/>/g, '<hr>')
    .replace(/<(?!a )([a-z]+) [^>]*>/g, '<$1>')
    .replace(/<a [^>]*?href="([^"]*)"[^>]*>/g, '<a $1>')
    .replace(/<a ([^>]*)>\1<\/a>/g, '$1')
    .replace(/<th><\/th>/g, '<td></td>')
    .replace(/&#x27;|&#39;/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/ ?(<\/?(?:ul|ol|li|blockquote|pre|code|hr|table|thead|tbody|tr|td|th|div)>) ?/g, '$1')
    .trim()
}

const reader = createParser({ html: false, tables: true })

const inline = fc
  .array(
    fc.constantFrom(
      ...['a', 'b', ' ', '. ', '. (', '*', '**', '***', '_', '__', '`', '``', '[', ']', '\\', '"'],
      ...[
        '*a*',
        '**b c**',
        '_d_',
        '`e`',
        '[f](https://f.example)',
        '[g *h*](https://g.example "t")',
      ],
      ...['&lt;', '&amp;', '&#39;', '\\*', '<https://i.example/?j>', '[k]', '[l][k]', '<b>', '😀'],
    ),
    { minLength: 1, maxLength: 10 },
  )
  .map((parts) => parts.join(''))

const line = fc.oneof(
  { weight: 1, arbitrary: inline },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...['', '', '', 'a', 'b *c*', '# d', '## e ##', '---', '***', '===', '> f', '> - g', '>'],
      ...['- h', '* i', '+ j', '-', '  - k', '    - l', '  m', '    n', '      o', '1. p', '2. q'],
      ...[
        '3) r',
        '   s',
        '   1. t',
        '```',
        '```js',
        '~~~',
        '  ```',
        '`u`',
        '- > v',
        '- ```',
        '  w',
      ],
      ...['> ```', '- # x', '1. - y', '| a | b |', '|---|:-:|', '| c `d` | e \\| f |', '| g |'],
      ...['h | i', '-|-', '\tz', '-\tz'],
    ),
  },
)

/** Tells that markdown-it differs from CommonMark: in labels with brackets or code, and behind empty items. */
const isUnclear = (source: string) => /\]\[[^\]]*[`[]|-\s*\n\s*\n\s*\n/.test(source)

describe('the structure of a text', () => {
  it.each([
    ['marks', inline.map((text) => `x${text}\n\n[k]: https://k.example`), 3000],
    ['blocks', fc.array(line, { maxLength: 9 }).map((lines) => lines.join('\n')), 6000],
  ] as const)('of any %s is what the gateway reads', (_, sources, usualRuns) => {
    fc.assert(
      fc.property(sources, (source) => {
        fc.pre(source !== '' && !isUnclear(source))
        expect(structureOf(bubbleOf(source))).toBe(structureOf(reader.render(source)))
      }),
      { numRuns: propertyRuns(usualRuns) },
    )
  })
})

describe('Markdown in a bubble', () => {
  it('keeps line breaks, and makes links of bare addresses, but for those in links and code', () => {
    const markup = bubbleOf('a\nhttps://a.example `https://b.example` [x https://c.example](tel:1)')
    expect(markup).toContain('a\n<a href="https://a.example"')
    expect(markup).toContain('<code>https://b.example</code>')
    expect(tagsIn(markup).filter(({ name }) => name === 'a')).toHaveLength(2)
  })

  it('shows headings as paragraphs, which are no part of the outline of the page', () => {
    expect(bubbleOf('# a *b*')).toBe('<p dir="auto" class="miaw-markdown-heading">a <em>b</em></p>')
  })

  it('numbers a list from its first number', () => {
    expect(bubbleOf('7. a\n8. b')).toContain('<ol dir="auto" start="7"><li>a</li><li>b</li></ol>')
  })

  it('names the columns of a table, but for one without a name', () => {
    expect(bubbleOf('| a | |\n|-|-|\n| c | d |')).toContain('<th scope="col">a</th><td></td>')
  })

  it.each([
    ['&nbsp;&hellip;&#x41;&#66;&unknown;', '\u00a0…AB&amp;unknown;'],
    ['&#0;&#9999999;', '\ufffd\ufffd'],
    ['![a](https://a.example/x.png)', '!<a'],
    ['<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
    ['[a](javascript:alert(1))', '<span>a</span>'],
    ['[a](java&#115;cript:alert(1))', '<span>a</span>'],
    ['<javascript:alert(1)>', '<span>javascript:alert(1)</span>'],
    ['[a](/relative)', '<span>a</span>'],
  ])('shows %j as %j', (source, shown) => {
    expect(bubbleOf(source)).toContain(shown)
  })

  it('shows the plain text where there is no Markdown', () => {
    expect(markupOf(textMessage('Chatbot', '09:30', 'x', '**a**'))).toContain(
      '<p class="miaw-bubble" dir="auto">**a**</p>',
    )
  })

  const hostile = ['>', '> ', '- ', '1. ', '[', '[](', '[a](', '![', '*', '*a_ ', 'a**b*c_', '`a``']
    .concat([
      '<a ',
      '<a:',
      '_a',
      '&amp;',
      '\\',
      'a\n',
      '|a',
      '|a\n|-\n',
      '    a\n',
      '[a]: b\n',
      '# ',
    ])
    .map((part) => part.repeat(4000 / part.length))
    .concat([`# ${' '.repeat(4000)}x`, `# ${'#'.repeat(4000)}x`, `[a](${' '.repeat(4000)}`])
    .concat([`${'['.repeat(2000)}${']'.repeat(2000)}`, `a|b\n-|-${' '.repeat(4000)}x`])

  it.each(hostile)('reads 4,000 hostile characters in well below a second: %#', async (source) => {
    const takenMs = await cpuMillisecondsOf(() => {
      const { blocks, definitions } = readMarkdown(source)
      for (const block of blocks) if ('text' in block) readInline(block.text, definitions)
    })
    expect(takenMs).toBeLessThan(500)
  })
})

describe('suggestions', () => {
  const suggested = (text: string) =>
    message('Chatbot', '09:30', {
      ...{ id: 'x', messageType: 'StaticContentMessage', text, suggestions: ['Yes', 'No'] },
      staticContent: { formatType: 'Text', text },
    })
  const titlesOf = (one: ChatMessage, others: ChatMessage[] = [], more = {}) =>
    buttonsIn(markupOf(one, others, more)).map(({ title }) => title)

  it('are buttons below the text', () => {
    const markup = markupOf(suggested('Sure?'))
    expect(markup).toMatch(/Sure\?<\/p>.*role="group".*Yes.*No/)
    expect(titlesOf(suggested('Sure?'))).toEqual(['Yes', 'No'])
  })

  it('stand alone where the text only repeats them', () => {
    expect(markupOf(suggested('Yes · No'))).not.toContain('miaw-bubble')
    expect(titlesOf(suggested('Yes · No'))).toEqual(['Yes', 'No'])
  })

  it('stay when others speak, and go when the visitor has said something or the chat is over', () => {
    const others = [textMessage('Agent', '09:31', 'y', 'One moment')]
    expect(titlesOf(suggested('Sure?'), others)).toEqual(['Yes', 'No'])
    const said = textMessage('EndUser', '09:32', 'z', 'Well')
    expect(titlesOf(suggested('Sure?'), [...others, said])).toEqual([])
    expect(titlesOf(suggested('Sure?'), [], { locked: true })).toEqual([])
  })
})
