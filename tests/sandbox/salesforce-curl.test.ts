import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { serve } from '../../sandbox/server/serve.js'

const run = promisify(execFile)
const attachments = { endUserToAgent: true, maxFileSize: 5 }
const salesforce = createSalesforce({ switches: instant, attachments })
const folder = mkdtempSync(join(tmpdir(), 'curl-'))
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  server = await serve(salesforce.handle)
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** Runs curl on a path; what it printed, the status in its own last line. */
async function curl(path: string, ...args: string[]) {
  const url = path.startsWith('http') ? path : `${server.url}${path}`
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args, url])
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) }
}

const json = (body: unknown) => [
  '-H',
  'content-type: application/json',
  '--data',
  JSON.stringify(body),
]

test('the smallest working flow works with plain curl', async () => {
  const api = '/iamessage/api/v2'
  const esDeveloperName = 'Harbor_Custom_Client'
  const token = await curl(
    `${api}/authorization/unauthenticated/access-token`,
    ...json({
      orgId: '00DZZ0000000AbC',
      esDeveloperName,
      capabilitiesVersion: '1',
      platform: 'Web',
    }),
  )
  const { accessToken, lastEventId, context } = JSON.parse(token.body)
  expect(context.configuration.embeddedServiceConfig.name).toBe(esDeveloperName)
  const bearer = ['-H', `authorization: Bearer ${accessToken}`]

  const conversationId = randomUUID()
  const conversation = `${api}/conversation/${conversationId}`
  const created = await curl(
    `${api}/conversation`,
    ...bearer,
    ...json({ conversationId, esDeveloperName }),
  )
  expect(created).toEqual({ status: 201, body: '' })

  const id = randomUUID()
  const staticContent = { formatType: 'Text', text: 'Ahoy' }
  const message = { id, messageType: 'StaticContentMessage', staticContent }
  const sent = await curl(
    `${conversation}/message`,
    ...bearer,
    ...json({ message, esDeveloperName }),
  )
  expect(sent.status).toBe(202)
  expect(JSON.parse(sent.body).conversationEntries[0].id).toBe(id)

  const list = await curl(`${conversation}/entries?limit=50`, ...bearer)
  expect(list.body).toContain('You said “Ahoy”')

  const stream = ['--no-buffer', '--max-time', '1', '-H', 'x-org-id: 00DZZ0000000AbC']
  const events = await curl(
    '/eventrouter/v1/sse',
    ...bearer,
    ...stream,
    '-H',
    `last-event-id: ${lastEventId}`,
  ).catch((error: { stdout: string }) => ({ body: error.stdout }))
  expect(events.body).toContain('event: CONVERSATION_MESSAGE')
  expect(events.body).toContain('You said “Ahoy”')

  const closed = await curl(
    `${conversation}?esDeveloperName=${esDeveloperName}`,
    ...bearer,
    '-X',
    'DELETE',
  )
  expect(closed).toEqual({ status: 204, body: '' })
  expect(salesforce.exchanges.flatMap(violations)).toEqual([])
})

test('a file goes up with curl and comes back from the address in its entry', async () => {
  const accessToken = await salesforce.mintToken()
  const bearer = ['-H', `authorization: Bearer ${accessToken}`]
  const conversationId = randomUUID()
  const esDeveloperName = 'Harbor_Custom_Client'
  await curl(
    '/iamessage/api/v2/conversation',
    ...bearer,
    ...json({ conversationId, esDeveloperName }),
  )
  const path = join(folder, 'note.txt')
  writeFileSync(path, 'three containers')
  const message = { id: randomUUID(), fileId: randomUUID() }
  const sent = await curl(
    `/iamessage/api/v2/conversation/${conversationId}/file`,
    ...bearer,
    '-F',
    `messageEntry=${JSON.stringify({ esDeveloperName, message })};type=application/json`,
    '-F',
    `fileData=@${path};type=text/plain`,
  )
  expect(sent.status).toBe(202)
  const list = await curl(`/iamessage/api/v2/conversation/${conversationId}/entries`, ...bearer)
  const [url] = /http:\/\/127[^"]+note\.txt/.exec(list.body) ?? []
  expect(await curl(url ?? '')).toEqual({ status: 200, body: 'three containers' })
  expect(salesforce.exchanges.flatMap(violations)).toEqual([])
})
