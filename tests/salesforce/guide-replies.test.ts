import { expect, it } from 'vitest'
import { toOutgoing } from '../../lib/salesforce/guide/outgoing.js'

it.each([
  [{ itemId: '1', title: 'Rotterdam' }, 'Rotterdam'],
  [{ itemId: '1' }, '1'],
])('a choice always has a title in the guide’s dialect (%j)', (selection, title) => {
  const outgoing = { messageType: 'ChoiceResponseMessage', inReplyToMessageId: 'q' } as const
  expect(toOutgoing({ ...outgoing, id: 'a', selections: [selection] })).toEqual({
    messageType: 'QuickReplySelectionMessage',
    quickReplySelection: { itemId: '1', title },
  })
})
