/** Measures what one honest call of each kind costs, on servers that do nothing else. */
import { waitSeconds } from './attacks.js'
import { type Costs, computeCosts, costsOf } from './costs.js'
import type { Servers } from './servers.js'
import {
  type CallAs,
  chatAs,
  createCaller,
  type Guest,
  isSuccess,
  type Kind,
  signIn,
  startAs,
} from './visitor.js'

const refusal = 'An honest visitor was refused on quiet servers'

function present<T>(value: T | null): T {
  if (value === null) throw new Error(refusal)
  return value
}

async function measureRound(
  servers: Servers,
  visitors: number,
  addressOf: (index: number) => string,
) {
  const { callAs, answers } = createCaller(servers.measured)
  const indices = Array.from({ length: visitors }, (_, index) => index)

  /** Does work for each visitor, one after the other, and returns what one call costs. */
  async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>, calls = 1) {
    const costs = await costsOf(servers, async () => {
      for (const item of items) await work(item)
    })
    return computeCosts((measure) => costs[measure] / (items.length * calls))
  }

  const guests: Guest[] = []
  const auth = await each(indices, async (index) =>
    guests.push(present(await signIn(callAs, addressOf(index)))),
  )
  const chats: ReturnType<typeof chatAs>[] = []
  const start = await each(guests, async (guest) =>
    chats.push(chatAs(callAs, guest, present(await startAs(callAs, guest)))),
  )
  const send = await each(chats, ({ send: say }) => say('A question'))
  const poll = await each(
    chats,
    async (chat) => {
      await chat.poll()
      await chat.poll()
    },
    2,
  )
  // Visitors wait at the same time, as one after the other would take minutes; the bot's late answers
  // come in a wait before, which is not measured.
  const waitAll = () => Promise.all(chats.map((chat) => chat.wait(waitSeconds)))
  await waitAll()
  const wait = await each([chats], waitAll, chats.length)
  const conversations = await each(guests, ({ token, address }) =>
    callAs('conversations', { method: 'GET', endpoint: 'conversations', token, address }),
  )
  const refresh = await each(guests, (guest) => renew(callAs, guest))
  if (!answers.every(({ answer }) => isSuccess(answer))) throw new Error(refusal)
  return { auth, start, send, poll, wait, conversations, refresh }
}

const renew = (callAs: CallAs, { refreshToken, address }: Guest) =>
  callAs('refresh', { method: 'POST', endpoint: 'auth', body: { refreshToken }, address })

/** Returns the costs by kind, of so many visitors; a first round warms the servers up. */
export async function calibrate(
  servers: Servers,
  visitors: number,
  addressOf: (index: number) => string,
): Promise<Record<Kind, Costs>> {
  await measureRound(servers, visitors, (index) => addressOf(visitors + index))
  return await measureRound(servers, visitors, addressOf)
}
