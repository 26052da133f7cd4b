import type { Environment } from './environment.js'
import type { Call } from './session.js'
import type { State } from './state.js'

/** What the parts of a chat have in common. */
export type ChatContext = { call: Call; state: State; environment: Environment }
