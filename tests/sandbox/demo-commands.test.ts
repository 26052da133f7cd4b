import { describe, expect, it } from 'vitest'
import { words } from '../../client/demo/bot-words.js'
import { actionFor } from '../../sandbox/salesforce/bot/commands.js'
import { bot } from '../../sandbox/salesforce/participants.js'

describe('the words that the demo page offers', () => {
  const offered = Object.values(words).join(' ').split(' ')

  it.each(offered)('the bot knows “%s”', (word) => {
    expect(actionFor(word, bot)).toBeDefined()
  })

  it('are all that it knows', () => {
    const known =
      'help quick buttons list carousel time form link links media file web cite entities auto ' +
      'unknown burst slow staff agent transfer busy bye end markdown envelope progress queue ' +
      'stream shuffled invalid nobody supervisor system router vanish closed prechat'
    expect([...offered].sort()).toEqual(known.split(' ').sort())
  })
})
