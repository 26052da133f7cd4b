/** Starts a conversation, and does not give up while there is hope. */
import { pauseAfter } from './backoff.js'
import type { Environment } from './environment.js'
import type { State } from './events.js'
import { createPauser } from './pause.js'
import { problemFrom } from './problem.js'
import type { Call } from './session.js'
import type { Snapshot } from './snapshot.js'
import { randomUuid } from './uuid.js'
import type { StartReply, StartWish } from './wire.js'

type Options = {
  call: Call
  state: State
  environment: Environment
  onStarted(reply: StartReply): Promise<void>
}

export function createStarter({ call, state, environment, onStarted }: Options) {
  const { pause, wake } = createPauser()
  let running: { done: Promise<void> } | undefined

  async function begin(wish: StartWish): Promise<void> {
    const self = running
    const body = { ...wish, conversationId: randomUuid() }
    state.set({ connection: 'connecting', problem: null })
    for (let failures = 1; running === self; failures += 1) {
      try {
        const reply = await call<StartReply>('POST', '/api/start', { body })
        if (running === self) await onStarted(reply)
        return
      } catch (error) {
        const problem = problemFrom(error)
        if (running !== self) return
        const { prechat = state.getSnapshot().prechat } = problem
        if (problem.prechat) return state.set({ connection: 'idle', prechat })
        if (!problem.retryable) {
          return state.set({ connection: prechat ? 'idle' : 'refused', problem })
        }
        const connection = environment.isOnline() ? 'retrying' : 'offline'
        state.set({ connection, problem })
        await pause(pauseAfter(problem, failures))
      }
    }
  }

  return {
    wake,
    /** One at a time: another call waits for the one under way. Never rejects; the snapshot tells. */
    async start(wish: StartWish): Promise<Snapshot> {
      if (!running) {
        const self = { done: Promise.resolve() }
        running = self
        self.done = begin(wish).finally(() => {
          if (running === self) running = undefined
        })
      }
      await running.done
      return state.getSnapshot()
    },
    cancel(): void {
      running = undefined
      wake()
    },
  }
}
