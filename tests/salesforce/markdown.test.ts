import { describe, expect, it } from 'vitest'
import { readMarkdown } from '../../lib/salesforce/markdown/markdown.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'

const lines = (...each: string[]) => each.join('\n')

describe('the text of a Markdown message', () => {
  it.each([
    ['emphasis', 'We *open* at **nine** __sharp__', 'We open at nine sharp'],
    ['a heading', lines('# Prices', 'All in euros.'), lines('Prices', 'All in euros.')],
    ['an underlined heading', lines('Prices', '===', 'All.'), 'Prices\n\nAll.'],
    ['stars and plus signs of lists', lines('* a', '* b'), lines('- a', '- b')],
    ['numbers with brackets', lines('1) a', '2) b'), lines('1. a', '2. b')],
    [
      'lists within lists',
      lines('* a', '  1. b', '  2. **c**', '* d'),
      lines('- a', '  1. b', '  2. c', '- d'),
    ],
    ['loose lists', lines('* a', '', '* b', '', '  more'), lines('- a', '', '- b', '', '  more')],
    ['a quote', lines('> one', '> two'), lines('one', 'two')],
    ['code', 'Run `npm start` now', 'Run npm start now'],
    ['a code block', lines('```sh', 'npm *start*', '```'), 'npm *start*'],
    ['a rule', lines('a', '', '***', '', 'b'), lines('a', '', 'b')],
    [
      'a table',
      lines('| Day | Hours |', '|---|--:|', '| Mon | **9–5** |', '', 'Bye'),
      lines('Day | Hours', 'Mon | 9–5', '', 'Bye'),
    ],
    ['a link', 'See [the *map*](https://a.example/map).', 'See the map (https://a.example/map).'],
    ['a link of the same words', '[a.example](https://a.example/)', 'a.example'],
    ['a telephone number', '[010 - 555](tel:010555)', '010 - 555'],
    ['an address in angle brackets', '<desk@a.example>', 'desk@a.example'],
    ['a reference', lines('[map][m]', '', '[m]: https://a.example/m'), 'map (https://a.example/m)'],
    ['an image', '![The map](https://a.example/m.png)', 'The map (https://a.example/m.png)'],
    ['an image without words', '![](https://a.example/m.png)', 'https://a.example/m.png'],
    [
      'a link around an image',
      '[![Map](https://a.example/m.png)](https://b.example)',
      'Map (https://b.example)',
    ],
    ['a relative link', '[Orders](/orders) **now**', 'Orders now'],
    ['entities and escapes, once', '**R&amp;D** &amp;lt; \\*', 'R&D &lt; *'],
    ['tags, which stay', '**a** <b>c</b>', 'a <b>c</b>'],
  ])('leaves out the marks of %s', (_, source, text) => {
    const read = readMarkdown(source)
    expect(read.text).toBe(text)
    expect(read.markdown).toBeDefined()
  })

  it.each([
    ['words', 'We open at nine.'],
    ['lists that are written like in the text', lines('- a', '- b', '', '1. c')],
    ['marks that mark nothing', '2 * 3 * 4 _ a #1 ~ 5 < 6 > 4 & [x] |'],
    ['a rule alone', '---'],
    ['nothing', ''],
    ['blanks', '  a  b \n\n\n c'],
  ])('is the source, without Markdown, for %s', (_, source) =>
    expect(readMarkdown(source)).toEqual({ text: source }),
  )

  it.each([
    ['entities', 'R&amp;D &lt;b&gt; &amp;lt;', 'R&D <b> &lt;'],
    ['escapes', '5 \\* 3', '5 * 3'],
    ['tags', '<b>bold</b>', '<b>bold</b>'],
    ['control characters in entities', 'a&#27;b&#x202e;', 'ab'],
  ])('is all, without Markdown, where a text has only %s', (_, source, text) =>
    expect(readMarkdown(source)).toEqual({ text }),
  )
})

describe('the Markdown of a message', () => {
  it.each([
    ['marks', 'We *open* at **nine**'],
    ['a table', lines('| a | b |', '|---|---|', '| `x` | [y](https://a.example) |')],
    ['tags in code', lines('Write `<b>`:', '', '```html', '<script>alert(1)</script>', '```')],
    ['addresses in angle brackets', '<https://a.example/?b=c>'],
    ['safe references', lines('[map][m]', '', '[m]: https://a.example/m "The map"')],
    ['less-than signs', '**5 < 6** and 7<8'],
    ['10,000 characters', `**a**${'b'.repeat(9995)}`],
  ])('is the source for %s', (_, source) => {
    expect(readMarkdown(source).markdown).toBe(source)
  })

  it.each([
    ['a tag', '**a** <b>c</b>', '**a** &lt;b>c&lt;/b>'],
    ['a block of HTML', lines('<div>', '**a**', '</div>'), lines('&lt;div>', '**a**', '&lt;/div>')],
    ['a comment', '**a** <!-- b -->', '**a** &lt;!-- b -->'],
    ['a script', '**a** <script>x</script>', '**a** &lt;script>x&lt;/script>'],
    [
      'an escaped tag behind an address',
      '**a** https://a.example/\\<b>',
      '**a** https://a.example/&lt;b>',
    ],
    ['an image', '![The *map*](https://a.example/m.png)', '[The *map*](https://a.example/m.png)'],
    ['an image without words', '![](https://a.example/m.png)', '<https://a.example/m.png>'],
    ['an image in a link', '[![Map](/m.png)](https://b.example)', '[Map](https://b.example)'],
    ['a picture in the text', '**a** ![b](data:image/png;base64,xyz)', '**a** b'],
    ['hidden characters as entities', '**a&#x202e;b&#27;** &eacute;', '**ab** &eacute;'],
    ['a script in a link', '[**a**](javascript:alert(1))', '**a**'],
    ['a disguised script in a link', '[**a**](java&Tab;script&colon;x)', '**a**'],
    ['a script in angle brackets', '**a** <javascript:alert(1)>', '**a** &lt;javascript:alert(1)>'],
    ['another host in disguise', '[**a**](https://bank.example@evil.example/)', '**a**'],
    ['a tag in a list', lines('* a', '  * <b>', '> <i>'), lines('* a', '  * &lt;b>', '> &lt;i>')],
    [
      'a tag in a table',
      lines('| a | b |', '|-|-|', '| <i> | <b> |'),
      lines('| a | b |', '|-|-|', '| &lt;i> | &lt;b> |'),
    ],
  ])('is safe: %s', (_, source, markdown) => {
    expect(readMarkdown(source).markdown).toBe(markdown)
  })

  it.each([
    ['a definition of another scheme', lines('[**a**][b]', '', '[b]: javascript:alert(1)')],
    ['a tag that only some take for code', lines('`', '<div>', '`')],
    ['quotes of 200 levels', `${'>'.repeat(200)} **a**`],
    ['a text of 10,001 characters', `**a**${'b'.repeat(9996)}`],
    [
      'a table that others fill up to 100,000 cells',
      `|${'a|'.repeat(50)}\n|${'-|'.repeat(50)}\n${'|b\n'.repeat(2000)}`,
    ],
  ])('is missing where it cannot be safe: %s', (_, source) => {
    const read = readMarkdown(source)
    expect(read.markdown).toBeUndefined()
    expect(read.text).toMatch(/a|div/)
  })

  const hostile = ['>', '> ', '- ', '1. ', '[', '[](', '[a](', '![', '![a', '*', '*a_ ', 'a**b*c_']
    .concat(['` `` ``` ', '<a ', '<a>', '<!--', '<a b="', '<![CDATA[', '_a', '&amp;', '\\', 'a\n'])
    .map((part) => part.repeat(4000 / part.length))

  it.each(hostile)('of 4,000 characters takes well below a second: %#', async (source) => {
    expect(await cpuMillisecondsOf(() => readMarkdown(source))).toBeLessThan(500)
  })
})
