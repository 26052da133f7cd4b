/**
 * Refresh tokens: opaque to their holder, sealed by us, so that a made-up one never reaches Redis and
 * an old one is known to have been ours. Only their hashes are stored.
 */
import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { createSealer, type DerivedKey, deriveKeys } from '../sealing.js'
import type { Caller } from './access.js'

type PresentedToken = { hash: string; rotations: number }
export type Rotation = {
  presented: PresentedToken
  nextHash: string
  replay: string
  lifetimeMs: number
  endsBy: number | null
}
export type RotationOutcome =
  | { kind: 'unknown' | 'reused' | 'signedOut' }
  | { kind: 'rotated'; ends: number; before: readonly string[] }
  | { kind: 'replayed'; ends: number; replay: string }

/** Stores the hashes of refresh tokens, one family per device. */
export type FamilyStore = {
  create(visitorId: string, family: string, hash: string, lifetimeMs: number): Promise<void>
  rotate(device: Caller, rotation: Rotation): Promise<RotationOutcome>
  /** Takes back a rotation whose pair nobody was given. */
  takeBack(device: Caller, nextHash: string, before: readonly string[]): Promise<void>
  /** Tells that a token would still be exchanged; changes nothing. */
  isHonoured(visitorId: string, family: string, token: PresentedToken): Promise<boolean>
  revoke(visitorId: string, family: string): Promise<void>
}

const context = 'refresh'

const payload = z.strictObject({
  /** Holds the visitor's id. */
  v: z.string(),
  /** Is true for a known visitor. */
  k: z.boolean(),
  /** Holds the family. */
  f: z.string(),
  /** Holds the start of the family, epoch milliseconds. */
  s: z.number(),
  /** Counts the rotations of the family before this token. */
  r: z.int().min(0).default(0),
  /** Makes each token unlike any other. */
  n: z.string(),
})

export type RefreshTokens = ReturnType<typeof createRefreshTokens>

export function createRefreshTokens(keys: readonly DerivedKey[]) {
  const sealer = createSealer(keys)

  return {
    issue({ id, verified, family, since }: Caller, rotations: number): string {
      const nonce = randomBytes(16).toString('base64url')
      const plain = { v: id, k: verified, f: family, s: since, r: rotations, n: nonce }
      return sealer.seal(Buffer.from(JSON.stringify(plain)), context)
    },

    /** Returns null when it is not one of ours. */
    open(token: string): { holder: Caller; rotations: number } | null {
      const plain = sealer.open(token, context)
      if (!plain) return null
      const read = payload.safeParse(JSON.parse(plain.toString()))
      if (!read.success) return null
      const { v, k, f, s, r } = read.data
      return { holder: { id: v, verified: k, family: f, since: s }, rotations: r }
    },
  }
}

/** Hashes a refresh token for storage. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Seals what only the holder of this refresh token may read again. */
export function replaySealer(token: string) {
  return createSealer(deriveKeys([token], 'refresh-replay'))
}
