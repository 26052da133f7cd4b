/** Tests which parts of a text become links, and which addresses are opened at all. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kindOf } from '../../client/widget/content/attachments.js'
import { linkify } from '../../client/widget/content/linkify.js'
import { addressOf, placeOf, safeLink, safePicture } from '../../client/widget/content/urls.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'

const urlsIn = (text: string) => linkify(text).flatMap(({ url }) => url ?? [])

describe('a text', () => {
  it.each([
    ['See https://a.example/x?y=1&z=(2).', ['https://a.example/x?y=1&z=(2)']],
    ['(https://a.example/x)', ['https://a.example/x']],
    ['https://en.example/Port_(harbour)!', ['https://en.example/Port_(harbour)']],
    ['www.a.example, or HTTP://B.example', ['https://www.a.example', 'HTTP://B.example']],
    ['詳しくはhttps://a.example/あ。', ['https://a.example/']],
    ['desk@harbor.example.', ['mailto:desk@harbor.example']],
    ['+49 (40) 123-4567 or (555) 123-4567', ['tel:+49401234567', 'tel:5551234567']],
  ])('%s has links', (text, urls) => {
    expect(urlsIn(text)).toEqual(urls)
  })

  it.each([
    ...['“', '”', '„', '‘', '’', '«', '»', '‹', '›', '—', '–', '‒', '…', '؟', '،', '۔', '।', '։'],
    ...['。', '、', '！', '」', '）', '》', '・', '―', '¿', '‼', '\u200b', '\u200f', '\u2028'],
    ...['です', 'を見る', '请看', 'ครับ', 'ທີ່', 'នៅ', 'မှာ', 'བོད'],
  ])('%j after an address is not in it', (after) => {
    const address = 'https://shop.example/help'
    expect(urlsIn(`(${address}${after}now`)).toEqual([address])
    expect(urlsIn(`„${address}.${after}`)).toEqual([address])
  })

  it.each([
    'https://a.example/straße?q=größe',
    'https://a.example/помощь',
    'https://a.example/a-b',
  ])('%s is an address as a whole', (address) => {
    expect(urlsIn(`${address}, and more`)).toEqual([address])
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'harbor.example',
    'a@b',
    'https://',
    'Order 2026-11-24 10:00, number 4711-0815-42',
    'HRBU1234567',
    '+1 2',
  ])('%s has none', (text) => {
    expect(urlsIn(text)).toEqual([])
  })

  it('is whole again when its stretches are put together', () => {
    const part = fc.constantFrom(
      'https://',
      'www.',
      'a.example',
      '@',
      '+49 40 1234',
      ')',
      '. ',
      '(',
    )
    const text = fc.array(fc.oneof(part, fc.string())).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (whole) => {
        const stretches = linkify(whole)
        expect(stretches.map((stretch) => stretch.text).join('')).toBe(whole)
        for (const { url } of stretches) if (url) expect(safeLink(url)).toBe(url)
      }),
    )
  })

  it('takes no longer than its length is worth', async () => {
    const takenMs = await cpuMillisecondsOf(() => {
      for (const piece of ['a', 'a@', 'a.', '+4 ', 'www.', 'https://(', ')', '555-'])
        linkify(piece.repeat(20_000))
      linkify(`https://a.example/${')'.repeat(50_000)}`)
    })
    expect(takenMs).toBeLessThan(3000)
  })
})

describe('an address', () => {
  it('is opened when it is of the web, of a mailbox or of a telephone', () => {
    const good = ['https://a.example', 'http://a.example', 'mailto:a@b.example', 'tel:+491']
    expect(good.map(safeLink)).toEqual(good)
    const bad = ['javascript:x', 'data:text/html,x', 'file:///x', '//a.example', '', undefined]
    expect(bad.flatMap((url) => safeLink(url) ?? [])).toEqual([])
  })

  it('is shown as a picture when it is secure, or holds the picture itself', () => {
    const good = ['https://a.example/1.png', 'data:image/png;base64,AA']
    expect(good.map(safePicture)).toEqual(good)
    const bad = ['http://a.example/1.png', 'data:text/html,x', 'javascript:x', 'data:image/', '']
    expect(bad.flatMap((url) => safePicture(url) ?? [])).toEqual([])
  })

  it('is known to people by its host', () => {
    expect(placeOf('https://www.harbor.example:8443/x')).toBe('harbor.example:8443')
    expect(placeOf('mailto:desk@harbor.example')).toBe('desk@harbor.example')
    expect(addressOf('https://www.harbor.example/tides?day=2#low')).toBe('harbor.example/tides')
    expect(addressOf('https://harbor.example/')).toBe('harbor.example')
    expect(addressOf('tel:+49401234567')).toBe('+49401234567')
  })
})

it('tells what kind of file it is', () => {
  expect(kindOf({ name: 'bill.v2.pdf', mimeType: 'x/y' })).toBe('PDF')
  expect(kindOf({ name: 'photo', mimeType: 'image/png' })).toBe('PNG')
  expect(kindOf({ name: 'thing', mimeType: 'application/octet-stream' })).toBe('')
})
