/** Opens one conversation on the devices of one known visitor, each with tabs that poll on their own. */
import { randomUUID } from 'node:crypto'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { createFrontend, type FrontendOptions } from './frontend.js'
import { request } from './request.js'
import type { SimulatedTime } from './simulated-time.js'
import { identityToken } from './verified.js'

type TabOptions = Omit<FrontendOptions, 'time' | 'poll'>

/**
 * Opens the conversation; needs `loginEnv`.
 * @param devices the tabs of each device
 * @returns the tabs of all devices, each with a function that sends a text and looks a second later
 */
export async function openDevices(time: SimulatedTime, devices: readonly TabOptions[][]) {
  const subject = randomUUID()
  const tabs: ReturnType<typeof openTab>[] = []
  let conversationId = ''

  async function openDevice(options: readonly TabOptions[]): Promise<void> {
    const signedIn = await request(auth, {
      body: { identityToken: await identityToken({ subject }) },
    })
    const { token } = signedIn.body
    conversationId = (await request(start, { token, body: {} })).body.conversationId
    tabs.push(...options.map((each) => openTab(token, each)))
  }

  function openTab(token: string, options: TabOptions) {
    const frontend = createFrontend({
      ...options,
      time,
      poll: (query, signal) =>
        request(poll, { token, query: { conversationId, ...query }, signal }),
    })
    async function say(text: string): Promise<void> {
      const { status } = await time.during(() =>
        request(send, { token, body: { conversationId, text } }),
      )
      if (status !== 202) throw new Error(`The text was answered with ${status}`)
      await frontend.lookSoon()
    }
    return { frontend, say }
  }

  await time.during(async () => {
    for (const device of devices) await openDevice(device)
  })
  return { conversationId, tabs }
}
