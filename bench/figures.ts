/** Formats and computes figures for the reports of measurements. */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

export const padded = (text: string | number, width: number) => String(text).padStart(width)

/** Returns the value below which this share of the sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Describes this machine, its Node and its Redis. */
export function machine(): string {
  const [cpu] = cpus()
  const redis = spawnSync('redis-server', ['--version']).stdout?.toString() ?? ''
  const version = /v=(\S+)/.exec(redis)?.[1] ?? 'none'
  return `${cpus().length} CPUs (${cpu?.model.trim()}), Node ${process.version}, redis-server ${version}`
}
