import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  chatAttributes,
  displayAttributes,
  fallbackOf,
  layoutOf,
  originOf,
  routingAttributesOf,
  storageOf,
  themeOf,
} from '../../client/element/attributes.js'
import { codesIn, readTable } from '../support/doc-tables.js'

const tag =
  (attributes: Record<string, string> = {}) =>
  (name: string) =>
    attributes[name] ?? null

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the attributes of <miaw-chat>', () => {
  it('are followed when they change, all that docs/client.md names', () => {
    const names = readTable('docs/client.md', 'The element').flatMap(([cell]) => codesIn(cell))
    expect([...chatAttributes, ...displayAttributes].sort()).toEqual(names.sort())
  })

  it('finds the gateway where the script came from', () => {
    expect(originOf('https://chat.example.com/miaw-chat.js?v=1')).toBe('https://chat.example.com')
    expect(originOf('file:///app/node_modules/miaw-gateway/client/element.js')).toBe('')
  })

  it('is a launcher that follows the device, unless it says otherwise', () => {
    expect([layoutOf(tag()), themeOf(tag())]).toEqual(['launcher', 'auto'])
    expect(layoutOf(tag({ layout: 'inline' }))).toBe('inline')
    expect(layoutOf(tag({ layout: 'sidebar' }))).toBe('launcher')
    expect(themeOf(tag({ theme: 'dark' }))).toBe('dark')
    expect(themeOf(tag({ theme: 'pink' }))).toBe('auto')
  })

  it('leaves the storage to the client, unless it is the session’s', () => {
    expect(storageOf(tag())).toBeUndefined()
    expect(storageOf(tag({ storage: 'local' }))).toBeUndefined()
    expect(storageOf(tag({ storage: 'session' }))).toBeDefined()
  })

  it('reads routing attributes as JSON', () => {
    expect(routingAttributesOf(tag())).toBeUndefined()
    expect(routingAttributesOf(tag({ 'routing-attributes': '{"_subject":"Customs"}' }))).toEqual({
      _subject: 'Customs',
    })
  })

  it('reads other ways to reach the page’s owner as JSON', () => {
    expect(fallbackOf(tag())).toBeUndefined()
    expect(fallbackOf(tag({ fallback: '{"phone":"+49 40 1"}' }))).toEqual({ phone: '+49 40 1' })
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(fallbackOf(tag({ fallback: '+49 40 1' }))).toBeUndefined()
    expect(error.mock.calls).toEqual([[expect.stringContaining('fallback')]])
  })

  it.each(['{', '[]', 'null', '"Customs"', '{"_subject":1}'])(
    'tells by name that %s are no routing attributes, and leaves them out',
    (text) => {
      const error = vi.spyOn(console, 'error').mockImplementation(() => {})
      expect(routingAttributesOf(tag({ 'routing-attributes': text }))).toBeUndefined()
      expect(error.mock.calls).toEqual([[expect.stringContaining('routing-attributes')]])
    },
  )
})
