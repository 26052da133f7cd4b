import { expect, it } from 'vitest'
import { textsOf, visit } from './support/visit.js'
import { openWorld } from './support/world.js'

const world = openWorld()

it('holds a conversation from the greeting to the end', async () => {
  const visitor = await visit()
  const first = await visitor.poll()
  console.info(
    first.status,
    JSON.stringify(first.body, null, 1),
    JSON.stringify([...first.headers]),
  )
  const sent = await visitor.say('Hello there')
  console.info(sent.status, sent.body)
  const next = await visitor.poll({ cursor: first.body.cursor })
  console.info(next.status, JSON.stringify(next.body, null, 1))
  const ended = await visitor.end()
  console.info(ended.status, ended.body)
  console.info(world.heard(), world.lines)
  expect(textsOf(next.body)).toContain('Hello there')
})
