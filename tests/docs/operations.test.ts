/** Tests that logs, limits and spans are as `docs/operations.md` describes them. */
import { afterEach, describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import { defaultLimits } from '../../lib/limits.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { codesIn, readTable } from '../support/doc-tables.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { createRecorder } from '../support/spans.js'

const gateway = setupGateway()
const page = 'docs/operations.md'
const namesIn = (heading: string) => readTable(page, heading).flatMap(([cell]) => codesIn(cell))

/** Lists the fields of a line, dotted. */
function fieldsOf(line: object, path = ''): string[] {
  return Object.entries(line).flatMap(([name, value]) => {
    const isInner = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isInner ? fieldsOf(value, `${path}${name}.`) : [`${path}${name}`]
  })
}

/** Requests of every kind: good, refused, with a bug, without an environment. */
async function allKinds(): Promise<void> {
  const visitor = await startConversation()
  await visitor.poll()
  await visitor.send('')
  const record = `local:visitor:{${visitor.user.id}}`
  await gateway.redisBackend.execute(['HSET', record, 'attributes', '{"id":["a bug"]}'])
  expect((await visitor.start()).status).toBe(500)
  const { token } = await signInAsGuest()
  gateway.setEnv({ SALESFORCE_ORG_ID: '' })
  expect((await request(start, { token, body: {} })).status).toBe(500)
}

describe('the log', () => {
  it('has the fields that are documented, each of them and no other', async () => {
    await allKinds()
    const fields = gateway.logLines.flatMap((line) => fieldsOf(JSON.parse(line)))
    expect([...new Set(fields)].sort()).toEqual(namesIn('The log').sort())
  })
})

describe('limits', () => {
  it('are the documented ones', () => {
    const rows = readTable(page, 'Limits').map(([name, size]) => [codesIn(name)[0], size])
    const sizes = Object.entries(defaultLimits).map(([name, size]) => [name, size.join(' / ')])
    expect(rows).toEqual(sizes)
  })
})

describe('spans', () => {
  const recorder = createRecorder()
  afterEach(() => recorder.unregister())

  it('have the attributes that are documented, each of them and no other', async () => {
    recorder.register()
    await allKinds()
    const names = recorder.ended.flatMap(({ attributes }) => Object.keys(attributes))
    expect([...new Set(names)].sort()).toEqual(namesIn('Traces').sort())
  })
})
