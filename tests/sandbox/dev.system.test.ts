import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { serve } from '../../sandbox/server/serve.js'

const folder = mkdtempSync(join(tmpdir(), 'dev-'))
const started: ReturnType<typeof spawn>[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill()
  rmSync(join(folder, '.env'), { force: true })
})

/**
 * Runs `npm run dev` in a folder without an `.env` of its own, with nothing but these variables.
 */
function dev(variables: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, ...variables }
  const child = spawn(resolve('node_modules/.bin/tsx'), [resolve('sandbox/dev.ts')], {
    cwd: folder,
    env,
    stdio: 'pipe',
  })
  started.push(child)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => lines.push(line))
  }
  return { child, lines, exited: once(child, 'exit') }
}

const addressOf = (part: string, lines: string[]) =>
  lines.find((line) => line.startsWith(part))?.match(/https?:\S+/)?.[0] ?? ''

describe('npm run dev', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'starts, answers, and %s ends it cleanly',
    async (signal) => {
      const { child, lines, exited } = dev({ PORT: '0' })
      await expect.poll(() => lines.join('\n'), { timeout: 60_000 }).toContain('Secret')
      const page = addressOf('Page', lines)
      const response = await fetch(page)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect((await fetch(addressOf('Switches', lines))).status).toBe(200)
      expect((await fetch(`${addressOf('API', lines)}/health`)).status).toBe(200)
      const missing = await fetch(`${addressOf('API', lines)}/nonsense`)
      expect(missing.status).toBe(404)
      expect(missing.headers.get('content-type')).toContain('application/problem+json')
      child.kill(signal)
      expect(await exited).toEqual([0, null])
      for (const part of ['Page', 'Redis', 'Salesforce']) {
        await expect(fetch(addressOf(part, lines))).rejects.toThrow('fetch failed')
      }
    },
  )

  test('a taken port is one sentence and exit code 1', async () => {
    const other = await serve(async () => Response.json({}))
    const { port } = new URL(other.url)
    const { lines, exited } = dev({ PORT: port })
    expect(await exited).toEqual([1, null])
    expect(lines).toEqual([`Port ${port} is taken: set PORT to a free one.`])
    await other.close()
  })

  test('half a group in .env is one sentence and exit code 1', async () => {
    writeFileSync(join(folder, '.env'), 'UPSTASH_REDIS_REST_URL=https://redis.example\n')
    const { lines, exited } = dev({ PORT: '0' })
    expect(await exited).toEqual([1, null])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^UPSTASH_REDIS_REST_TOKEN is missing/)
  })
})
