import { describe, expect, test } from 'vitest'
import { headersFor, resolvePath } from '../../platforms/routes.js'

const endpoints = ['auth', 'jwks', 'other'].map((name) => `/api/${name}`)

describe('where a path leads', () => {
  test.each([
    ['/api/auth', '/api/auth'],
    ['/api/messaging/auth', '/api/auth'],
    ['/.well-known/jwks.json', '/api/jwks'],
    ['/api/nonsense', '/api/other'],
    ['/api/auth/more', '/api/other'],
    ['/api/', '/api/other'],
    ['/api/messaging', '/api/other'],
    ['/api/messaging/nonsense', '/api/other'],
    ['/api/messaging/messaging/auth', '/api/other'],
    ['/api/messaging/../auth', '/api/other'],
    ['/api', '/api/other'],
    ['/apidocs', undefined],
    ['/API/auth', undefined],
    ['/.well-known/jwksXjson', undefined],
    ['/other', undefined],
  ])('%s leads to %s', (path, expected) => {
    expect(resolvePath(path, (candidate) => endpoints.includes(candidate))).toBe(expected)
  })
})

describe('the headers of vercel.json', () => {
  test.each(['/', '/index.html', '/miaw-chat.js', '/apidocs'])('%s has a strict policy', (path) => {
    const headers = new Map(headersFor(path).map(({ key, value }) => [key, value]))
    expect(headers.get('Content-Security-Policy')).toMatch(
      /^default-src 'none'; script-src 'self';/,
    )
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test('browsers keep the parts of the element for good: their names change with their content', () => {
    const cachingOf = (path: string) =>
      headersFor(path).find(({ key }) => key === 'Cache-Control')?.value
    expect(cachingOf('/miaw-chat/de-0a1b2c3d.js')).toContain('immutable')
    for (const path of ['/miaw-chat-0a1b2c3d.js', '/miaw-chat-0a1b2c3d.classic.js'])
      expect(cachingOf(path)).toContain('immutable')
    for (const path of ['/miaw-chat.js', '/miaw-chat.classic.js'])
      expect(cachingOf(path)).toBeUndefined()
  })

  test('the element and its parts can be loaded by the pages of other sites, and nothing else', () => {
    const allows = (path: string) =>
      headersFor(path).some(({ key }) => key === 'Access-Control-Allow-Origin')
    for (const path of ['', '.classic', '-0a1b2c3d', '-0a1b2c3d.classic', '/de-0a1b2c3d'])
      expect(allows(`/miaw-chat${path}.js`), path).toBe(true)
    for (const path of ['/', '/demo.js', '/openapi.json', '/api/miaw-chat.js']) {
      expect(allows(path), path).toBe(false)
    }
  })

  test.each(['/api', '/api/', '/api/send', '/api/messaging/auth', '/.well-known/jwks.json'])(
    '%s is left to the functions',
    (path) => expect(headersFor(path)).toEqual([]),
  )
})
