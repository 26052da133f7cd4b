/** Tests in its own process that spans cost nothing without an SDK. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** Lists the files of the API that a process has loaded after a request, with or without an SDK. */
function loadedAfterRequest(before: string): number {
  const code = `
    import { createRequire } from 'node:module'
    const loaded = () => Object.keys(createRequire(import.meta.url).cache)
    ${before}
    const { default: health } = await import('./api/health.ts')
    console.error = () => {}
    const { status } = await health.fetch(new Request('http://127.0.0.1/api/health'))
    if (status !== 503) throw new Error('Asked without an environment, and answered ' + status)
    console.log(loaded().filter((file) => file.includes('@opentelemetry')).length)
  `
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code]
  const { PATH = '', HOME = '' } = process.env
  return Number(execFileSync(process.execPath, args, { env: { PATH, HOME }, encoding: 'utf8' }))
}

it('loads the API of OpenTelemetry only where an SDK has registered', () => {
  expect(loadedAfterRequest('')).toBe(0)
  const register = `globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.9.0' }`
  expect(loadedAfterRequest(register)).toBeGreaterThan(0)
})
