/**
 * Lists the parts of `lib/` that are mutated, each with the tests that run against its mutants. A
 * survivor costs a run of all tests that reach it, so the quick ones run alone first. Tests that measure time, run
 * properties hundreds of times, processes of their own and browsers are left out.
 */
export type Target = {
  /** Globs of the files that are mutated; one that begins with `!` leaves files out. */
  mutate: readonly string[]
  /** Globs of the tests. */
  testFiles: readonly string[]
  /** Globs of the slower tests, which run only against what survives the others. */
  furtherTestFiles?: readonly string[]
}

/** Lists the files that make a message arrive exactly once, in whichever folder. */
const sendLog = [
  'lib/store/send-log.ts',
  'lib/store/deferred-writes.ts',
  'lib/conversations/send.ts',
  'lib/conversations/deliver.ts',
  'lib/conversations/reconcile.ts',
  'lib/conversations/content-hash.ts',
]

const without = (files: readonly string[]) => files.map((file) => `!${file}`)

export const targets: Readonly<Record<string, Target>> = {
  'lib/visitors': {
    mutate: ['lib/visitors/**/*.ts'],
    testFiles: [
      'tests/http/access-tokens.test.ts',
      'tests/api/auth*.test.ts',
      'tests/api/identity*.test.ts',
      'tests/api/verified.test.ts',
    ],
    furtherTestFiles: ['tests/reliability/clocks.apart.test.ts'],
  },
  'send-log': {
    mutate: sendLog,
    testFiles: [
      'tests/store/deferred-writes.test.ts',
      'tests/conversations/reconcile.property.test.ts',
      'tests/api/send-{log,log-lost,promised}.test.ts',
      'tests/api/send-{once,tries}.faults.test.ts',
    ],
    furtherTestFiles: [
      'tests/api/{list-budget,upload}.test.ts',
      'tests/api/send{,-refused,-replies,-prechat}.test.ts',
      'tests/api/send-{deadline,interrupted,refused-token,together}.faults.test.ts',
      'tests/reliability/doubted-log.apart.test.ts',
      'tests/api/{upload-once,waiting-together}.faults.test.ts',
      'tests/reliability/redis-last-second.faults.test.ts',
      'tests/dialects/conversation.test.ts',
    ],
  },
  'lib/polling': {
    mutate: ['lib/polling/**/*.ts'],
    testFiles: ['tests/polling/*.test.ts'],
    furtherTestFiles: [
      'tests/api/poll{,-messages}.test.ts',
      'tests/api/poll-{edges,state,events}.faults.test.ts',
    ],
  },
  'lib/store': {
    mutate: ['lib/store/**/*.ts', ...without(sendLog)],
    testFiles: [
      'tests/store/*.test.ts',
      'tests/security/{sealed-tokens,late-renewals,starting-conversations}.test.ts',
      'tests/api/{conversations,record-lifetime,sessions,start-limits}.test.ts',
    ],
    furtherTestFiles: [
      'tests/security/{floods,refused-calls,signed-out-devices}.test.ts',
      'tests/scripts/forget.test.ts',
      'tests/api/{auth-refresh,health,identity,list-budget,merge-maximum,send-signals,start}.test.ts',
      'tests/api/poll-{echoes,waits}.faults.test.ts',
      'tests/http/store-failures.faults.test.ts',
      'tests/reliability/{start-late,redis-nonsense}.faults.test.ts',
    ],
  },
  'lib/conversations': {
    mutate: ['lib/conversations/**/*.ts', ...without(sendLog)],
    testFiles: [
      'tests/conversations/*.test.ts',
      'tests/api/{conversations,end,poll,poll-messages,sessions,start,start-prechat}.test.ts',
      'tests/api/{send,send-prechat,send-session,transcript,upload-small}.test.ts',
    ],
    furtherTestFiles: [
      'tests/security/{foreign-conversations,signed-out-devices,starting-conversations}.test.ts',
      'tests/scripts/forget.test.ts',
      'tests/api/{availability,identity,merge-maximum,send-replies,send-signals}.test.ts',
      'tests/api/{start-refused,takeover,upload,upper-case-ids}.test.ts',
      'tests/api/poll-echoes.faults.test.ts',
      'tests/reliability/start-late.faults.test.ts',
      'tests/dialects/conversation.test.ts',
    ],
  },
}
