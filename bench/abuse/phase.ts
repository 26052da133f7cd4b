/** Runs honest visitors, with or without an attacker, and returns what both did and cost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Attack, attackPauseMs } from './attacks.js'
import { type Costs, costsOf } from './costs.js'
import type { Servers } from './servers.js'
import { createCaller, createHonestVisitors, isSuccess, type Kind } from './visitor.js'

/** Holds what honest visitors see; times are milliseconds. */
export type Experience = {
  starts: { tried: number; successful: number }
  calls: number
  failures: number
  pollP95Ms: number
  sendP95Ms: number
}

export type Phase = {
  /** Is the use of the whole phase. */
  costs: Costs
  honest: Experience
  /** Counts the attacker's calls, by kind and by outcome (a status, or `cut`). */
  attacker: {
    kinds: Map<Kind, number>
    outcomes: Map<string, number>
    calls: number
    starts: number
  }
}

type Options = {
  servers: Servers
  seconds: number
  /** Returns the addresses of the phase's honest visitors. */
  addressOf(index: number): string
  attack: Attack | null
  /** Counts the conversations of the largest record. */
  maxConversations: number
}

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

/** Runs a phase on servers whose Redis is empty. */
export async function runPhase(options: Options): Promise<Phase> {
  const { servers, seconds, addressOf, attack, maxConversations } = options
  await servers.empty()
  const honest = createHonestVisitors(servers.measured, addressOf)
  const attacker = createCaller(servers.measured)
  const turn = await attack?.prepare(createCaller(servers.unlimited).callAs, maxConversations)
  await honest.settle()

  async function attackUntil(endsAt: number): Promise<void> {
    while (turn && Date.now() < endsAt) {
      await turn(attacker.callAs)
      await sleep(attackPauseMs)
    }
  }

  const costs = await costsOf(servers, async () => {
    const endsAt = Date.now() + seconds * 1000
    const workers = Array.from({ length: attack?.workers ?? 0 }, () => attackUntil(endsAt))
    await Promise.all([honest.chatUntil(endsAt), ...workers])
    await sleep(Math.min(attack?.aftermathMs ?? 0, seconds * 1000))
  })
  const { answers } = attacker
  return {
    costs,
    honest: {
      starts: honest.starts,
      calls: honest.answers.length,
      failures: honest.failures(),
      pollP95Ms: honest.p95Of('poll'),
      sendP95Ms: honest.p95Of('send'),
    },
    attacker: {
      kinds: countBy(answers, ({ kind }) => kind),
      outcomes: countBy(answers, ({ answer }) => String(answer.status || 'cut')),
      calls: answers.length,
      starts: answers.filter(({ kind, answer }) => kind === 'start' && isSuccess(answer)).length,
    },
  }
}
