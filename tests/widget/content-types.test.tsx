/** Tests how each type of message is rendered, before and after its answer. */
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { buttonsIn, markupOf, tagsIn } from './markup.js'
import {
  choices,
  everyMessage,
  form,
  message,
  picture,
  textContent,
  texts,
  visitorMessage,
} from './messages.js'

function find(id: string): ChatMessage {
  const found = everyMessage.find((one) => one.id === id)
  if (!found) throw new Error(`No message ${id}`)
  return found
}

const linksIn = (markup: string) =>
  tagsIn(markup).flatMap(({ name, attributes }) => (name === 'a' ? [attributes] : []))

const choose = (inReplyToMessageId: string, itemId: string, more = {}) =>
  visitorMessage('answer', {
    messageType: 'ChoiceResponseMessage',
    inReplyToMessageId,
    selections: [{ itemId, title: 'Chosen' }],
    ...more,
  })

it('draws something for every type', () => {
  for (const one of everyMessage) expect(markupOf(one), one.id).toContain(one.messageType)
  expect(new Set(everyMessage.map(({ messageType }) => messageType)).size).toBe(15)
})

describe('texts and links', () => {
  it('keeps the lines of a text, and makes links of what can be opened', () => {
    const markup = markupOf(find('text'))
    expect(markup).toContain('Welcome to the harbour.\nCall')
    expect(linksIn(markup)).toEqual(
      ['tel:+49401234567', 'mailto:desk@harbor.example', 'https://harbor.example/hours'].map(
        (href) => ({ href, target: '_blank', rel: 'noopener noreferrer' }),
      ),
    )
  })

  it('tells the sources of a text, without those that cannot be opened', () => {
    const citations = [{ label: 'Bad', url: 'javascript:alert(1)' }]
    expect(markupOf(find('cited'))).toMatch(/Sources.*Opening hours.*harbor\.example<\/span>/)
    expect(markupOf(message('x', textContent('Hello', { citations })))).not.toMatch(/Sources|Bad/)
  })

  it('shows a page with its picture, title, description and place', () => {
    const markup = markupOf(find('link'))
    expect(markup).toMatch(/How to bring a container.*Papers, seals.*>harbor\.example</)
    const [image] = tagsIn(markup).filter(({ name }) => name === 'img')
    expect(image?.attributes).toMatchObject({ src: picture, alt: '', loading: 'lazy' })
  })

  it.each(['', 'https://harbor.example/tides'])(
    'names a page by its address, once, when its title is “%s”',
    (title) => {
      const richLink = { url: 'https://harbor.example/tides', title }
      const markup = markupOf(message('x', { messageType: 'RichLinkMessage', richLink }))
      expect(markup.replace(/<[^>]*>/g, ' ').match(/harbor\S*/g)).toEqual(['harbor.example/tides'])
    },
  )

  it('leads to a web view by its title', () => {
    expect(linksIn(markupOf(find('page')))[0]?.href).toBe('https://harbor.example/quay')
    expect(markupOf(find('page'))).toContain('Live view of the quay')
  })
})

describe('files', () => {
  it('previews images, names the kind of others, and does not say a name twice', () => {
    const markup = markupOf(find('files'))
    expect(markup).toContain('Here you are</p>')
    expect(markup.match(/bill\.pdf/g)).toHaveLength(1)
    expect(markup).toContain('>PDF<')
    expect(markup).toContain('alt="quay.svg"')
  })

  it('shows an own file before it can be opened', () => {
    const markup = markupOf(find('upload'))
    expect(linksIn(markup)).toEqual([])
    expect(markup).toContain('scan.png')
  })
})

describe('choices', () => {
  it.each(choices)('of $id are open until one is chosen, which is marked then', (offer) => {
    const before = buttonsIn(markupOf(offer)).filter(({ isOpen }) => isOpen)
    expect(before.length).toBeGreaterThan(1)
    expect(before.some(({ isPressed }) => isPressed)).toBe(false)

    const itemId = { quick: 'b', buttons: 'y', list: 'b7', carousel: 'c-40 ft dry', times: 's2' }
    const answer = choose(offer.id, itemId[offer.id as keyof typeof itemId])
    const after = buttonsIn(markupOf(offer, [answer]))
    expect(after.filter(({ isPressed }) => isPressed)).toHaveLength(1)
    expect(after.filter(({ isOpen, title }) => isOpen && title)).toEqual([])
  })

  it('marks the one that was chosen, and says what it was', () => {
    const answer = choose('quick', 'b')
    const pressed = buttonsIn(markupOf(find('quick'), [answer])).filter((one) => one.isPressed)
    expect(pressed.map(({ title }) => title)).toEqual(['Busan'])
    expect(markupOf(answer)).toContain('>Chosen</p>')
  })

  it('can be made again when the answer failed, and not any more when all is over', () => {
    const failed = { ...choose('quick', 'b'), delivery: 'failed' as const }
    const open = buttonsIn(markupOf(find('quick'), [failed]))
    expect(open.every(({ isOpen, isPressed }) => isOpen && !isPressed)).toBe(true)
    const locked = buttonsIn(markupOf(find('quick'), [], { locked: true }))
    expect(locked.every(({ isOpen }) => !isOpen)).toBe(true)
  })

  it('leave links of cards open after the choice', () => {
    const markup = markupOf(find('carousel'), [choose('carousel', 'c-20 ft dry')])
    expect(linksIn(markup)).toHaveLength(3)
  })

  it('are grouped by the day, with the zone of the visitor', () => {
    const markup = markupOf(find('times'))
    expect(markup.match(/miaw-day-name/g)).toHaveLength(3)
    expect(markup).toContain('Show more times')
    expect(markup).toContain('Your time zone: ')
    expect(markup).toContain('UTC+9')
  })
})

describe('forms', () => {
  const filled = (id: string, more = {}) =>
    visitorMessage(
      id,
      {
        messageType: 'FormResponseMessage',
        inReplyToMessageId: 'form',
        values: [
          { inputId: 'container', value: 'HRBU1234567' },
          { inputId: 'cold', value: true },
          { inputId: 'services', value: ['storage'] },
        ],
      },
      more,
    )
  const refusal = (inReplyToMessageId: string) =>
    message('refusal', {
      messageType: 'FormResponseMessage',
      inReplyToMessageId,
      result: { ok: false, errors: ['No such container'] },
    })
  const isShown = (markup: string) => !/<form[^>]* hidden/.test(markup)

  it('ask everything, with what helps to answer', () => {
    const markup = markupOf(form)
    for (const words of ['Booking', 'Tell us about your cargo', 'Four letters and seven digits'])
      expect(markup).toContain(words)
    expect(markup).toContain('placeholder="HRBU1234567"')
    expect(markup.match(/optional/g)).toHaveLength(3)
    expect(isShown(markup)).toBe(true)
  })

  it('are closed by an answer', () => {
    const markup = markupOf(form, [filled('a')])
    expect(isShown(markup)).toBe(false)
    expect(markup).toContain('Filled in and sent')
  })

  it.each(['a', 'form'])('open again with the errors and the values when %s is refused', (id) => {
    const markup = markupOf(form, [filled('a'), refusal(id)])
    expect(isShown(markup)).toBe(true)
    expect(markup).toMatch(/role="alert"><p[^>]*>No such container/)
    expect(markup).toContain('value="HRBU1234567"')
    expect(markup.match(/checked=""/g)).toHaveLength(2)
  })

  it('are closed again by the next answer, and open when that fails to be sent', () => {
    const answers = [filled('a'), refusal('a'), filled('b')]
    expect(isShown(markupOf(form, answers))).toBe(false)
    const failed = [...answers.slice(0, 2), filled('b', { delivery: 'failed' })]
    expect(isShown(markupOf(form, failed))).toBe(true)
  })

  it('show what was filled in, or that nothing was', () => {
    expect(markupOf(find('filled'))).toMatch(/Refrigerated.*>Yes<.*Customs, Storage/)
    const empty = visitorMessage('x', { messageType: 'FormResponseMessage', values: [] })
    expect(markupOf(empty)).toContain('Sent without answers')
  })
})

it('says a text that has no type of its own', () => {
  expect(markupOf(find('unknown'))).toContain('A message that this chat cannot show.')
  expect(texts.map(({ messageType }) => messageType)).toContain('UnknownMessage')
})
