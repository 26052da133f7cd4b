import { button, element, link, picture, placeOf } from './element.js'
import { drawForm } from './form.js'
import { dayOf, momentOf, spanOf } from './words.js'

/** What a message shows: its words, cards and files, and the ways to answer it. */

function bubble(text) {
  const node = element('p', 'bubble', text)
  node.dir = 'auto'
  return node
}

const spoken = (text) => (text ? [bubble(text)] : [])

/** A box around choices, which are closed together; its legend says what they are about. */
function choices(className, title = '') {
  const node = element('fieldset', `choices ${className}`)
  if (title) node.append(element('legend', '', title))
  return node
}

function words(title, ...details) {
  const node = element('span', 'words', title)
  for (const detail of details) if (detail) node.append(' ', element('small', '', detail))
  return node
}

function option(className, { itemId, title, subTitle, imageUrl }, choose) {
  const node = button(className, '', () => choose({ itemId, title: title || undefined }))
  node.dataset.item = itemId
  node.append(picture(imageUrl), words(title, subTitle))
  return node
}

function tile(url, ...parts) {
  const node = link('tile', url)
  node.append(...parts)
  return node
}

function text({ text, staticContent }) {
  const { citations = [] } = staticContent ?? {}
  if (citations.length === 0) return [bubble(text)]
  const sources = element('p', 'sources', 'Sources:')
  for (const { label, url } of citations) sources.append(' ', link('', url, label || placeOf(url)))
  return [bubble(text), sources]
}

function richLink({ richLink: { title, url, imageUrl, description } }) {
  const place = placeOf(url)
  return [tile(url, picture(imageUrl), words(title === url ? place : title, description, place))]
}

const webView = ({ webView: { url, title } }) => [
  tile(url, element('span', 'kind open', '↗'), words(title ?? placeOf(url), placeOf(url))),
]

/** `PDF` for `bill.pdf`; else what the type says. */
function kindOf({ name, mimeType }) {
  const [, ending] = /\.(\w{1,4})$/.exec(name) ?? []
  return (ending ?? mimeType.split('/').at(-1).slice(0, 4)).toUpperCase()
}

function file({ name, mimeType, url }) {
  const preview = mimeType.startsWith('image/') && picture(url)
  return tile(url, preview || element('span', 'kind', kindOf({ name, mimeType })), words(name))
}

/** The text repeats the names of the files, which the tiles say as well. */
function files({ text, attachments }) {
  const names = attachments.map(({ name }) => name)
  const said = text.split('\n').filter((line) => !names.includes(line))
  return [...spoken(said.join('\n')), ...attachments.map(file)]
}

function quickReplies({ id, quickReplies: { text, replies, style } }, choose) {
  const group = choices(style === 'Buttons' ? 'chips stacked' : 'chips')
  group.append(...replies.map((reply) => option('chip', reply, choose)))
  const question = spoken(text)
  for (const node of question) node.id = `question-${id}`
  group.setAttribute(text ? 'aria-labelledby' : 'aria-label', text ? `question-${id}` : 'Answers')
  return [...question, group]
}

function listPicker({ listPicker: { title, options } }, choose) {
  const box = choices('box', title)
  box.append(...options.map((one) => option('pick', one, choose)))
  return [box]
}

function slide({ title, subTitle, imageUrl, actions }, choose) {
  const node = element('li', 'slide')
  node.append(picture(imageUrl), words(title, subTitle))
  for (const action of actions)
    node.append(
      'url' in action ? link('chip', action.url, action.title) : option('chip', action, choose),
    )
  return node
}

function carousel({ carousel: { title, cards } }, choose) {
  const box = choices('carousel', title)
  const strip = element('ul')
  strip.append(...cards.map((card) => slide(card, choose)))
  if (!title) box.setAttribute('aria-label', 'Cards')
  box.append(strip)
  return [box]
}

function timePicker({ timePicker: { title, slots } }, choose) {
  const box = choices('box times', title || 'Pick a time')
  for (const [day, held] of Map.groupBy(slots, ({ startTime }) => dayOf(startTime))) {
    const row = element('div', 'chips')
    for (const slot of held) {
      const node = option('chip', { ...slot, title: momentOf(slot.startTime) }, choose)
      node.textContent = spanOf(slot)
      node.setAttribute('aria-label', `${day}, ${node.textContent}`)
      row.append(node)
    }
    box.append(element('p', 'day', day), row)
  }
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  box.append(element('p', 'hint', `In your time zone, ${timeZone.replaceAll('_', ' ')}`))
  return [box]
}

const chosen = ({ selections }) => [
  bubble(selections.map(({ itemId, title }) => title || itemId).join(', ')),
]

function filledIn({ values = [] }) {
  if (values.length === 0) return [bubble('Sent without answers')]
  const node = element('dl', 'bubble')
  for (const { label, value, title } of values) {
    const said = typeof value === 'boolean' ? (value ? 'Yes' : 'No') : (title ?? value)
    node.append(element('dt', '', label ?? ''), element('dd', '', [said].flat().join(', ')))
  }
  return [node]
}

const bodies = {
  RichLinkMessage: richLink,
  WebViewMessage: webView,
  AttachmentMessage: files,
  QuickReplyMessage: quickReplies,
  ListPickerMessage: listPicker,
  CarouselMessage: carousel,
  TimePickerMessage: timePicker,
  ChoiceResponseMessage: chosen,
  FormResponseMessage: filledIn,
}

/**
 * The nodes of a message.
 *
 * @param answer takes what is to be sent: a ChoiceResponseMessage or a FormResponseMessage
 */
export function bodyOf(message, answer) {
  const { id: inReplyToMessageId, messageType } = message
  if (messageType === 'FormMessage')
    return [
      drawForm(message, (values) =>
        answer({ messageType: 'FormResponseMessage', inReplyToMessageId, values }),
      ),
    ]
  const choose = (selection) =>
    answer({ messageType: 'ChoiceResponseMessage', inReplyToMessageId, selections: [selection] })
  return (bodies[messageType] ?? text)(message, choose)
}

/** The visitor's answer to each message, by its id; a form that was not accepted has none. */
export function answersIn(messages) {
  const refused = messages.filter(({ result }) => result?.ok === false)
  const isRefused = new Set(refused.map(({ inReplyToMessageId }) => inReplyToMessageId))
  const answers = messages.filter(({ id, selections, values }) => {
    return (selections || values) && !isRefused.has(id)
  })
  return new Map(answers.map((answer) => [answer.inReplyToMessageId, answer]))
}

/** Closes what has been answered, or can be no longer, and marks what was chosen. */
export function settle(node, { answer, locked }) {
  node.classList.toggle('answered', answer !== undefined)
  for (const box of node.querySelectorAll('.choices')) box.disabled = locked || Boolean(answer)
  for (const { itemId } of answer?.selections ?? [])
    node.querySelector(`[data-item="${CSS.escape(itemId)}"]`)?.setAttribute('aria-pressed', 'true')
}
