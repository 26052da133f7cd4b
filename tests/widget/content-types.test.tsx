/** Tests how each type of message is rendered, before and after its answer. */
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { offers } from './fixtures/choices.js'
import { cargo } from './fixtures/forms.js'
import { message, picture, textMessage } from './fixtures/message.js'
import { everyMessage, file } from './fixtures/states.js'
import { buttonsIn, markupOf, tagsIn } from './markup.js'

function find(id: string): ChatMessage {
  const found = everyMessage.find((one) => one.id === id)
  if (!found) throw new Error(`No message ${id}`)
  return found
}

const linksIn = (markup: string) =>
  tagsIn(markup).flatMap(({ name, attributes }) => (name === 'a' ? [attributes] : []))

const choose = (inReplyToMessageId: string, itemId: string, more = {}) =>
  message('EndUser', '09:50', {
    id: 'answer',
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
    const markup = markupOf(find('cited'))
    expect(markup).toContain('The harbour opens at six.\nCall')
    const [text = ''] = markup.split('Sources')
    expect(linksIn(text)).toEqual(
      ['tel:+49401234567', 'mailto:pilots@harbor.example', 'https://harbor.example/hours'].map(
        (href) => ({ href, target: '_blank', rel: 'noopener noreferrer' }),
      ),
    )
  })

  it('tells the sources of a text, without those that cannot be opened', () => {
    expect(markupOf(find('cited'))).toMatch(/Sources.*Opening hours.*harbor\.example<\/span>/)
    const citations = [{ label: 'Bad', url: 'javascript:alert(1)' }]
    const hostile = message('Chatbot', '09:50', {
      id: 'x',
      messageType: 'StaticContentMessage',
      staticContent: { formatType: 'Text', text: 'Hello', citations },
    })
    expect(markupOf(hostile)).not.toMatch(/Sources|Bad/)
  })

  it('shows a page with its picture, title, description and place', () => {
    const markup = markupOf(find('link'))
    expect(markup).toMatch(/Harbor map.*Quays, berths and gates.*>harbor\.example</)
    const [image] = tagsIn(markup).filter(({ name }) => name === 'img')
    expect(image?.attributes).toMatchObject({ src: picture('map'), alt: '', loading: 'lazy' })
  })

  it.each(['', 'https://harbor.example/tides'])(
    'names a page by its address, once, when its title is “%s”',
    (title) => {
      const richLink = { url: 'https://harbor.example/tides', title }
      const markup = markupOf(
        message('Chatbot', '09:50', { id: 'x', messageType: 'RichLinkMessage', richLink }),
      )
      expect(markup.replace(/<[^>]*>/g, ' ').match(/harbor\S*/g)).toEqual(['harbor.example/tides'])
    },
  )

  it('leads to a web view by its title', () => {
    expect(linksIn(markupOf(find('view')))[0]?.href).toBe('https://harbor.example/live')
    expect(markupOf(find('view'))).toContain('Live view of the quay')
  })
})

describe('files', () => {
  it('previews images, names the kind of others, and does not say a name twice', () => {
    const markup = markupOf(find('files'))
    expect(markup).toContain('Your bill.</p>')
    expect(markup.match(/bill\.pdf/g)).toHaveLength(1)
    expect(markup).toContain('>PDF<')
    expect(markup).toContain('alt="quay.png"')
  })

  it('shows an own file before it can be opened', () => {
    const markup = markupOf(file)
    expect(linksIn(markup)).toEqual([])
    expect(markup).toContain('quay.png')
  })
})

describe('choices', () => {
  it.each(offers)('of $id are open until one is chosen, which is marked then', (offer) => {
    const before = buttonsIn(markupOf(offer)).filter(({ isOpen }) => isOpen)
    expect(before.length).toBeGreaterThan(1)
    expect(before.some(({ isPressed }) => isPressed)).toBe(false)

    const itemId = {
      ...{ ports: 'busan', booking: 'book', berths: '7', boxes: 'choose-40' },
      ...{ times: 'late', week: 'noon' },
    }
    const answer = choose(offer.id, itemId[offer.id as keyof typeof itemId])
    const after = buttonsIn(markupOf(offer, [answer]))
    expect(after.filter(({ isPressed }) => isPressed)).toHaveLength(1)
    expect(after.filter(({ isOpen, title }) => isOpen && title)).toEqual([])
  })

  it('marks the one that was chosen, and says what it was', () => {
    const answer = choose('ports', 'busan')
    const pressed = buttonsIn(markupOf(find('ports'), [answer])).filter((one) => one.isPressed)
    expect(pressed.map(({ title }) => title)).toEqual(['Busan'])
    expect(markupOf(answer)).toContain('>Chosen</p>')
  })

  it('can be made again when the answer failed, and not any more when all is over', () => {
    const failed = { ...choose('ports', 'busan'), delivery: 'failed' as const }
    const open = buttonsIn(markupOf(find('ports'), [failed]))
    expect(open.every(({ isOpen, isPressed }) => isOpen && !isPressed)).toBe(true)
    const locked = buttonsIn(markupOf(find('ports'), [], { locked: true }))
    expect(locked.every(({ isOpen }) => !isOpen)).toBe(true)
  })

  it('leave links of cards open after the choice', () => {
    const markup = markupOf(find('boxes'), [choose('boxes', 'choose-20')])
    expect(linksIn(markup)).toHaveLength(1)
  })

  it('are grouped by the day, with the zone of the visitor', () => {
    const markup = markupOf(find('week'))
    expect(markup.match(/miaw-day-name/g)).toHaveLength(3)
    expect(markup).toContain('Show more times')
    expect(markup).toContain('Your time zone: ')
    expect(markup).toContain('UTC+9')
  })
})

describe('forms', () => {
  const filled = (id: string, delivery: ChatMessage['delivery'] = 'delivered') =>
    message('EndUser', '09:50', {
      ...{ id, messageType: 'FormResponseMessage', inReplyToMessageId: 'cargo', delivery },
      values: [
        { inputId: 'container', value: 'HRBU1234567' },
        { inputId: 'cold', value: true },
        { inputId: 'services', value: ['storage'] },
      ],
    })
  const refusal = (inReplyToMessageId: string) =>
    message('System', '09:51', {
      id: 'refusal',
      messageType: 'FormResponseMessage',
      inReplyToMessageId,
      result: { ok: false, errors: ['No such container'] },
    })
  const isShown = (markup: string) => !/<form[^>]* hidden/.test(markup)

  it('ask everything, with what helps to answer', () => {
    const markup = markupOf(cargo)
    for (const words of ['Booking', 'Tell us about your cargo', 'Four letters and seven digits'])
      expect(markup).toContain(words)
    expect(markup).toContain('placeholder="HRBU1234567"')
    expect(markup.match(/optional/g)).toHaveLength(3)
    expect(isShown(markup)).toBe(true)
  })

  it('are closed by an answer', () => {
    const markup = markupOf(cargo, [filled('a')])
    expect(isShown(markup)).toBe(false)
    expect(markup).toContain('Filled in and sent')
  })

  it.each(['a', 'cargo'])('open again with the errors and the values when %s is refused', (id) => {
    const markup = markupOf(cargo, [filled('a'), refusal(id)])
    expect(isShown(markup)).toBe(true)
    expect(markup).toMatch(/role="alert"><p[^>]*>No such container/)
    expect(markup).toContain('value="HRBU1234567"')
    expect(markup.match(/checked=""/g)).toHaveLength(2)
  })

  it('are closed again by the next answer, and open when that fails to be sent', () => {
    const answers = [filled('a'), refusal('a'), filled('b')]
    expect(isShown(markupOf(cargo, answers))).toBe(false)
    const failed = [...answers.slice(0, 2), filled('b', 'failed')]
    expect(isShown(markupOf(cargo, failed))).toBe(true)
  })

  it('show what was filled in, or that nothing was', () => {
    expect(markupOf(find('weighed'))).toMatch(/Refrigerated.*>Yes<.*Dry, Reefer/)
    const empty = message('EndUser', '09:50', {
      ...{ id: 'x', messageType: 'FormResponseMessage', values: [] },
    })
    expect(markupOf(empty)).toContain('Sent without answers')
  })
})

it('says a text that has no type of its own', () => {
  expect(markupOf(find('unknown'))).toContain('This message cannot be shown here.')
})

describe('quick replies', () => {
  const isOpenAfter = (...others: ChatMessage[]) =>
    offers
      .slice(0, 2)
      .map((offer) => buttonsIn(markupOf(offer, others)).every(({ isOpen }) => isOpen))

  it('are closed when the visitor has written on, and not by others or by what was not sent', () => {
    expect(isOpenAfter()).toEqual([true, true])
    expect(isOpenAfter(textMessage('Agent', '09:50', 'a', 'Well?'))).toEqual([true, true])
    const own = textMessage('EndUser', '09:51', 'o', 'Something else')
    expect(isOpenAfter({ ...own, delivery: 'failed' })).toEqual([true, true])
    expect(isOpenAfter(own)).toEqual([false, false])
  })
})
