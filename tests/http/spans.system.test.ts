/** Tests in separate processes that spans cost nothing without an SDK. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

/** Counts the files of OpenTelemetry's API that a process has loaded after a request. */
function loadedAfterRequest(before: string): number {
  const code = `
    import { createRequire } from 'node:module'
    const loaded = () => Object.keys(createRequire(import.meta.url).cache)
    ${before}
    const { default: health } = await import('./api/_health.ts')
    console.error = () => {}
    const { status } = await health.fetch(new Request('http://127.0.0.1/api/health'))
    if (status !== 503) throw new Error('Health returned ' + status + ' without an environment')
    console.log(loaded().filter((file) => file.includes('@opentelemetry')).length)
  `
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code]
  const { PATH = '', HOME = '' } = process.env
  return Number(execFileSync(process.execPath, args, { env: { PATH, HOME }, encoding: 'utf8' }))
}

it('a request loads the API of OpenTelemetry only where an SDK has registered', () => {
  expect(loadedAfterRequest('')).toBe(0)
  const register = `
    const span = { setAttribute: () => span, setStatus: () => span, end: () => {} }
    const trace = { getTracer: () => ({ startSpan: () => span }) }
    globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.9.0', trace }
  `
  expect(loadedAfterRequest(register)).toBeGreaterThan(0)
})
