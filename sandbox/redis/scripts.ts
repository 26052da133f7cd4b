import { createHash } from 'node:crypto'
import { RedisError, type Reply } from './resp.js'

const sha1 = (script: string) => createHash('sha1').update(script).digest('hex')
const upstashOnly = /^#!(?=lua[^\n]*\bflags=[^\n]*allow-key-locking)/

/** Rewrites a script for an ordinary Redis: Upstash's first line becomes a comment. */
export function portableScript(script: string): string {
  return script.replace(upstashOnly, '--')
}

/**
 * Lets clients of Upstash use their scripts with an ordinary Redis, which refuses the flag
 * `allow-key-locking`: rewrites the scripts they send, and keeps the client's hash of each script
 * known.
 */
export function createScriptAliases() {
  const portableHashes = new Map<string, string>()
  const translateSha = (sha: string) => portableHashes.get(sha.toLowerCase()) ?? sha

  function register(script: string): string {
    const portable = portableScript(script)
    if (portable !== script) portableHashes.set(sha1(script), sha1(portable))
    return portable
  }

  return {
    /** Returns the command to send instead. */
    translate(command: readonly string[]): readonly string[] {
      const [name = '', second = '', ...rest] = command
      const verb = name.toUpperCase()
      if (/^EVAL(_RO)?$/.test(verb)) return [name, register(second), ...rest]
      if (/^EVALSHA(_RO)?$/.test(verb)) return [name, translateSha(second), ...rest]
      if (verb !== 'SCRIPT') return command
      if (second.toUpperCase() === 'LOAD') return [name, second, ...rest.map(register)]
      if (second.toUpperCase() === 'EXISTS') return [name, second, ...rest.map(translateSha)]
      return command
    },
    /**
     * Returns the reply in the client's terms: a loaded script has the hash that the client
     * expects.
     */
    answer(command: readonly string[], reply: Reply): Reply {
      const loads = command.slice(0, 2).join(' ').toUpperCase() === 'SCRIPT LOAD'
      if (!loads || reply instanceof RedisError) return reply
      return Buffer.from(sha1(command[2] ?? ''))
    },
  }
}
