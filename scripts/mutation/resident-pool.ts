/**
 * Keeps a worker thread of each Vitest project for many mutants. To load the gateway, the sandbox and the tests
 * takes seconds, the tests of a mutant often less. Stryker chooses the mutant while the code runs,
 * so nothing has to be loaded again.
 */
import {
  type PoolOptions,
  type PoolRunnerInitializer,
  type PoolWorker,
  ThreadsPoolWorker,
  type WorkerRequest,
} from 'vitest/node'

/** Bounds what the failed tests of one mutant can leave behind for others. */
const runsPerThread = 100

// biome-ignore lint/suspicious/noExplicitAny: Vitest's own type of a listener.
type Listener = (value: any) => void

type StartRequest = Extract<WorkerRequest, { type: 'start' }>
type RunRequest = Extract<WorkerRequest, { type: 'run' }>

/** Holds the thread, and the run that uses it now. */
class KeptThread {
  runs = 0
  #user: ResidentWorker | undefined
  readonly #thread: ThreadsPoolWorker
  readonly #project: string
  /** Keeps messages that arrive between two runs: a call without an answer would block the next. */
  readonly #waiting: unknown[] = []

  constructor(options: PoolOptions) {
    this.#thread = new ThreadsPoolWorker(options)
    this.#project = options.project.name
  }

  async start(): Promise<void> {
    await this.#thread.start()
    this.#thread.on('message', (message: unknown) => this.#receive(message))
    this.#thread.on('error', (error: unknown) => this.#user?.emit('error', error))
    this.#thread.on('exit', (code: unknown) => {
      if (kept.get(this.#project) === this) kept.delete(this.#project)
      this.#user?.emit('exit', code)
    })
  }

  use(user: ResidentWorker): void {
    this.#user = user
  }

  leave(user: ResidentWorker): void {
    if (this.#user === user) this.#user = undefined
  }

  #receive(message: unknown): void {
    if (this.#user) this.#user.emit('message', message)
    else this.#waiting.push(message)
  }

  send(request: WorkerRequest): void {
    for (const message of this.#waiting.splice(0)) this.#receive(message)
    this.#thread.send(request)
  }

  async end(): Promise<void> {
    this.#user = undefined
    await this.#thread.stop()
  }
}

/** Holds the thread of each project, by the project's name. */
const kept = new Map<string, KeptThread>()

/** Returns the thread of a project, or starts one. */
async function threadFor(options: PoolOptions): Promise<KeptThread> {
  const { name } = options.project
  const last = kept.get(name)
  if (last && last.runs < runsPerThread) return last
  await last?.end()
  const thread = new KeptThread(options)
  kept.set(name, thread)
  await thread.start()
  return thread
}

/** Stands for the thread during one run: Vitest starts and stops a worker for each. */
class ResidentWorker implements PoolWorker {
  readonly name = 'resident'
  readonly #options: PoolOptions
  #thread: KeptThread | undefined
  #listeners: [event: string, listener: Listener][] = []
  #config: unknown

  constructor(options: PoolOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#thread = await threadFor(this.#options)
    this.#thread.use(this)
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener])
  }

  off(event: string, listener: Listener): void {
    this.#listeners = this.#listeners.filter(
      ([name, other]) => name !== event || other !== listener,
    )
  }

  emit(event: string, value: unknown): void {
    for (const [name, listener] of this.#listeners) if (name === event) listener(value)
  }

  send(request: WorkerRequest): void {
    if (request.type === 'stop') this.#answer('stopped')
    else if (request.type === 'start') this.#begin(request)
    else if (request.type === 'run') this.#thread?.send(this.#withConfig(request))
    else this.#thread?.send(request)
  }

  /** Starts a new thread; of one that runs already only the configuration is replaced. */
  #begin(request: StartRequest): void {
    if (!this.#thread) return
    this.#config = request.context.config
    this.#thread.runs += 1
    if (this.#thread.runs === 1) this.#thread.send(request)
    else this.#answer('started')
  }

  /** Sends the configuration with the run: the choice of tests is in it. */
  #withConfig(request: RunRequest): WorkerRequest {
    const context = { ...request.context, config: this.#config }
    return Object.assign({}, request, { context })
  }

  #answer(type: 'started' | 'stopped'): void {
    this.emit('message', { __vitest_worker_response__: true, type })
  }

  /** Leaves the thread to the next run; `endThreads` ends it. */
  async stop(): Promise<void> {
    this.#thread?.leave(this)
  }

  deserialize(data: unknown): unknown {
    return data
  }
}

/** Ends the threads with Vitest, or the process would go on. */
export async function endThreads(): Promise<void> {
  const threads = [...kept.values()]
  kept.clear()
  await Promise.all(threads.map((thread) => thread.end()))
}

export const residentPool: PoolRunnerInitializer = {
  name: 'resident',
  createPoolWorker: (options) => new ResidentWorker(options),
}
