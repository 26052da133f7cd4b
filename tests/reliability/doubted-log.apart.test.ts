/** Checks what two gateways, whose clocks differ, send while Redis may have lost the send log. */
import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { startConversation } from '../support/conversation.js'
import { redisUrl, setupGateway } from '../support/gateway.js'
import { atGateway } from '../support/gateways.js'
import { expectProblem, noLimits, timesStored } from '../support/sending.js'
import { keysOf } from '../support/stored-keys.js'

const minute = 60_000

describe.each([
  [0, 0],
  [-5 * minute, 5 * minute],
  [5 * minute, -5 * minute],
])('gateways that are %i and %i ms ahead', (firstMs, secondMs) => {
  const gateway = setupGateway({
    salesforce: { switches: { storesDuplicates: true } },
    env: { ...noLimits, SEND_SETTLE_MS: '20' },
  })
  const first = <T>(call: () => T) => atGateway(0, firstMs, call)
  const other = <T>(call: () => T) => atGateway(1, secondMs, call)
  const list = 'listConversationEntries'

  /** Sends a message that is acknowledged, and whose log Redis loses. */
  async function sendAndForget() {
    const { send, conversationId } = await first(startConversation)
    const id = randomUUID()
    const sendAgain = () => send('Once', id)
    expect((await first(sendAgain)).status).toBe(202)
    const [key = ''] = await keysOf(gateway, 'local:send:*')
    expect(Number(await gateway.redisBackend.execute(['DEL', key]))).toBe(1)
    return { sendAgain, stored: () => timesStored(gateway, conversationId, id) }
  }

  it('answer 503 while the list cannot be read, and then find the message that was stored', async () => {
    const { sendAgain, stored } = await sendAndForget()
    gateway.redis.fault({ what: { status: 500 } })
    expectProblem(await first(sendAgain), 503, 'store_unavailable')
    gateway.salesforce.fail({ operation: list, times: 9, what: { status: 400 } })
    expectProblem(await first(sendAgain), 503, 'upstream_unavailable')
    gateway.salesforce.clearFaults()
    for (const at of [other, first]) {
      const { status, body } = await at(sendAgain)
      expect([status, body.duplicate]).toEqual([202, true])
    }
    expect(stored()).toBe(1)
  })

  it.each(['LOADING', 'READONLY', 'MASTERDOWN', 'CLUSTERDOWN'])(
    'look for the message after a store that answered %s',
    async (word) => {
      const { sendAgain, stored } = await sendAndForget()
      const error = `${word} is what Redis says`
      const answer = http.post(
        `${redisUrl}/pipeline`,
        async ({ request }) => {
          const commands = z.array(z.unknown()).parse(await request.json())
          return HttpResponse.json(commands.map(() => ({ error })))
        },
        { once: true },
      )
      gateway.network.use(answer)
      expectProblem(await first(sendAgain), 503, 'store_unavailable')
      const { status, body } = await first(sendAgain)
      expect([status, body.duplicate]).toEqual([202, true])
      expect(stored()).toBe(1)
    },
  )
})
