import type { Environment } from './environment.js'
import type { Call } from './session.js'
import type { State } from './state.js'

/** Holds the dependencies that the parts of a chat share. */
export type ChatContext = { call: Call; state: State; environment: Environment }
