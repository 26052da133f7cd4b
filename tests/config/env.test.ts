import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { EnvironmentError, readEnv } from '../../lib/config/env.js'

const secret = 'a-secret-of-at-least-thirty-two-bytes'
const complete: Record<string, string | undefined> = {
  SALESFORCE_MESSAGING_URL: 'https://harbor.my.salesforce-scrt.com',
  SALESFORCE_ORG_ID: '00DZZ0000000AbCDEF',
  SALESFORCE_DEPLOYMENT: 'Harbor_Custom_Client',
  UPSTASH_REDIS_REST_URL: 'https://redis.example',
  UPSTASH_REDIS_REST_TOKEN: 'redis-token',
  SESSION_SECRET: secret,
}

/** Returns the error message of an environment with these changes, or nothing when it is valid. */
function complaints(changes: Record<string, string | undefined>): string {
  try {
    readEnv({ ...complete, ...changes })
    return ''
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message
    throw error
  }
}

describe('a complete environment', () => {
  it('is read, with the defaults that the contract names', () => {
    expect(readEnv(complete)).toMatchObject({
      salesforce: {
        orgId: '00DZZ0000000AbC',
        deployment: 'Harbor_Custom_Client',
        capabilitiesVersion: '1',
      },
      redis: { url: 'https://redis.example', prefix: 'local', timeoutMs: 1000 },
      secrets: [secret],
      allowedOrigins: [],
      allowAnonymous: true,
      turnstileSecret: null,
      callerAttributes: ['*'],
      clientAddress: 'socket',
      settleMs: 1000,
      events: 'off',
      firstMessageAttributes: 'auto',
      maxConversations: 50,
      limits: { auth: [20, '1 m'], start: [3, '30 s'], tokens: [180, '1 m'] },
      lifetimes: { accessTokenMs: 900_000, guestRefreshMs: 86_400_000 },
    })
  })

  it.each([
    ['an organisation id of 15', { SALESFORCE_ORG_ID: '00DZZ0000000AbC' }],
    ['a slash after the address', { SALESFORCE_MESSAGING_URL: 'https://harbor.example/' }],
    ['plain http on loopback', { SALESFORCE_MESSAGING_URL: 'http://127.0.0.1:4000' }],
    ['plain http on localhost', { UPSTASH_REDIS_REST_URL: 'http://localhost:8079' }],
    ['two secrets', { SESSION_SECRET: `${secret}, another-${secret}` }],
    ['a secret of 32 bytes in 16 characters', { SESSION_SECRET: 'é'.repeat(16) }],
    ['origins and patterns', { ALLOWED_ORIGINS: 'https://a.example, https://*.b.example' }],
    ['origins of web-view apps', { ALLOWED_ORIGINS: 'capacitor://localhost, tauri://localhost' }],
    ['variables of others', { PATH: '/bin', HOME: '/root' }],
    ['some types of files', { UPLOAD_TYPES: 'image/png, application/vnd.ms-excel' }],
    ['some limits', { LIMITS: '{"send": [22, "1 m"], "auth": [1, "500 ms"]}' }],
  ])('may have %s', (_what, changes) => {
    expect(complaints(changes)).toBe('')
  })

  it.each([
    ['https://harbor.example///', 'https://harbor.example'],
    ['https://harbor.example', 'https://harbor.example'],
    ['HTTPS://Harbor.example', 'https://harbor.example'],
  ])('knows the address %s without its slashes', (address, url) => {
    const { salesforce } = readEnv({ ...complete, SALESFORCE_MESSAGING_URL: address })
    expect(salesforce.url).toBe(url)
  })

  it.each([
    [{ SALESFORCE_EVENTS: 'off' }, '1'],
    [{ SALESFORCE_EVENTS: 'wait' }, '66'],
    [{ SALESFORCE_EVENTS: 'wait', SALESFORCE_CAPABILITIES_VERSION: '63' }, '63'],
    [{ SALESFORCE_CAPABILITIES_VERSION: '66' }, '66'],
  ])('asks for the capabilities that %j needs: %s', (changes, capabilitiesVersion) => {
    const { salesforce } = readEnv({ ...complete, ...changes })
    expect(salesforce.capabilitiesVersion).toBe(capabilitiesVersion)
  })

  it('prefixes its keys by REDIS_PREFIX, else by VERCEL_ENV', () => {
    const preview = { ...complete, VERCEL_ENV: 'preview' }
    expect(readEnv(preview).redis.prefix).toBe('preview')
    expect(readEnv({ ...preview, REDIS_PREFIX: 'mine' }).redis.prefix).toBe('mine')
  })

  it('finds the address of a caller as Vercel says it, when it runs there', () => {
    expect(readEnv({ ...complete, VERCEL: '1' }).clientAddress).toBe('vercel')
    const proxied = { ...complete, VERCEL: '1', CLIENT_ADDRESS: 'forwarded:2' }
    expect(readEnv(proxied).clientAddress).toEqual({ trustedHops: 2 })
  })
})

describe('a value', () => {
  it('may have blanks and line breaks around it', () => {
    const blanks = Object.entries(complete).map(([name, value]) => [name, ` ${value}\r\n`])
    expect(readEnv(Object.fromEntries(blanks))).toEqual(readEnv(complete))
  })

  it('of blanks alone is missing', () => {
    expect(complaints({ UPSTASH_REDIS_REST_TOKEN: ' \n' })).toContain(
      'UPSTASH_REDIS_REST_TOKEN is missing',
    )
  })

  it.each([
    ['SALESFORCE_MESSAGING_URL', '"https://harbor.example"'],
    ['UPSTASH_REDIS_REST_TOKEN', '"redis-token"'],
    ['SALESFORCE_ORG_ID', "'00DZZ0000000AbC'"],
    ['SESSION_SECRET', `"${secret}"`],
    ['SESSION_SECRET', `another-${secret}, "${secret}"`],
    ['ALLOWED_ORIGINS', 'https://a.example,"https://b.example"'],
    ['CALLER_ATTRIBUTES', "'topic','source'"],
    ['LIMITS', `'{"send": [22, "1 m"]}'`],
    ['IDENTITY_ISSUER', '"https://login.example"'],
  ])('of %s may not be in quotes: %s', (name, value) => {
    const login = { IDENTITY_SECRET: secret, IDENTITY_ISSUER: 'a', IDENTITY_AUDIENCE: 'b' }
    expect(complaints({ ...login, [name]: value })).toBe(
      `The environment is not complete: ${name} must be without quotes.`,
    )
  })
})

describe('a wrong value', () => {
  it.each([
    [
      'SALESFORCE_MESSAGING_URL',
      ['harbor', 'http://harbor.example', 'ftp://127.0.0.1', 'https://', 'https://a\n.example'],
    ],
    [
      'SALESFORCE_MESSAGING_URL',
      ['https://harbor.example/api', 'https://harbor.example/iamessage/'],
    ],
    ['UPSTASH_REDIS_REST_TOKEN', ['redis token', 'redis\ntoken', 'réd']],
    [
      'SALESFORCE_ORG_ID',
      ['00D', '001ZZ0000000AbC', '00DZZ0000000AbCD', '00DZZ0000000AbCDEFG', 'x'],
    ],
    ['SALESFORCE_DEPLOYMENT', ['Harbor Client', '1st', 'a/b', 'a-b']],
    ['SALESFORCE_API', ['soap', 'Enhanced-Chat']],
    ['SALESFORCE_AUTH', ['none', 'Guest']],
    ['SALESFORCE_EVENTS', ['on', 'Wait', 'true']],
    ['SALESFORCE_CAPABILITIES_VERSION', ['0', '01', '6.6', 'x', '1000']],
    ['FIRST_MESSAGE_ATTRIBUTES', ['true', 'Always']],
    ['UPSTASH_REDIS_REST_URL', ['redis://redis.example:6379', 'http://redis.example']],
    ['SESSION_SECRET', ['short', `${secret},short`, ',']],
    ['REDIS_PREFIX', ['a b', 'a:b', 'x'.repeat(41)]],
    [
      'ALLOWED_ORIGINS',
      ['*', 'shop.example', 'https://shop.example/', 'https://*.*.example', 'null'],
    ],
    [
      'ALLOWED_ORIGINS',
      ['file://x', 'wss://shop.example', 'capacitor://localhost/', 'ionic://*.x', 'ionic://'],
    ],
    ['ALLOW_ANONYMOUS', ['yes', '0', 'TRUE']],
    ['TURNSTILE_SECRET', ['short', 'x'.repeat(201), 'a secret with spaces in between']],
    ['CLIENT_ADDRESS', ['x-forwarded-for', 'forwarded', 'forwarded:0', 'forwarded:x']],
    [
      'LIMITS',
      ['x', '[]', 'null', '7', '{"sned": [1, "1 m"]}', '{"send": [0, "1 m"]}', '{"send": [1]}'],
    ],
    ['LIMITS', ['{"send": [1, "1 minute"]}', '{"send": [1.5, "1 m"]}', '{"send": [1, "0 s"]}']],
    ['REDIS_TIMEOUT_MS', ['0', '-1', '1.5', 'soon', '1e3', '10001', '99999999']],
    ['REQUEST_DEADLINE_MS', ['0', 'x']],
    ['SEND_SETTLE_MS', ['-1', 'x']],
    ['ACCESS_TOKEN_SECONDS', ['299', '901', 'x']],
    ['REFRESH_TOKEN_DAYS', ['0', 'x']],
    ['GUEST_REFRESH_HOURS', ['0', 'x']],
    ['VERIFIED_SESSION_MAX', ['0', 'x']],
    ['RECORD_DAYS', ['0', 'x']],
    ['ENDED_CONVERSATION_DAYS', ['0', 'x']],
    ['SEND_LOG_HOURS', ['0', 'x']],
    ['MAX_CONVERSATIONS', ['0', 'x']],
  ])('of %s is named, and never repeated: %j', (name, values) => {
    for (const value of values) {
      const message = complaints({ [name]: value })
      expect(message, value).toMatch(new RegExp(`\\b${name} must be `))
      expect(message.match(/must be/g)).toHaveLength(1)
    }
    expect(complaints({ [name]: 'A-Wrong/Value!' })).not.toContain('A-Wrong/Value!')
  })

  it('is a timeout of Redis below the 100 ms that an undo may take: the message names the range', () => {
    expect(complaints({ REDIS_TIMEOUT_MS: '100' })).toBe('')
    expect(complaints({ REDIS_TIMEOUT_MS: '99' })).toContain(
      'REDIS_TIMEOUT_MS must be a whole number from 100 to 10000',
    )
  })

  it.each([
    ['a query', 'https://harbor.example?x=1'],
    ['a fragment', 'https://harbor.example#x'],
    ['a name and a password', 'https://user:password@harbor.example'],
  ])('is an address with %s: no request could be sent to it', (_what, address) => {
    expect(complaints({ SALESFORCE_MESSAGING_URL: address })).toContain('SALESFORCE_MESSAGING_URL')
  })

  it('is an origin with the port that browsers leave out: it would never match', () => {
    expect(complaints({ ALLOWED_ORIGINS: 'https://shop.example:443' })).toContain('ALLOWED_ORIGINS')
  })
})

describe('what is missing', () => {
  it.each(Object.keys(complete))('is named: %s', (name) => {
    expect(complaints({ [name]: undefined })).toContain(`${name} is missing`)
    expect(complaints({ [name]: '' })).toContain(`${name} is missing`)
  })

  it('is named together with all that is wrong', () => {
    const message = complaints({ SESSION_SECRET: '', SALESFORCE_ORG_ID: 'x', LIMITS: 'x' })
    expect(message).toContain('SESSION_SECRET is missing')
    expect(message).toContain('SALESFORCE_ORG_ID must be')
    expect(message).toContain('LIMITS must be')
  })

  it('is everything in an empty environment', () => {
    const nothing = Object.fromEntries(Object.keys(complete).map((name) => [name, undefined]))
    for (const name of Object.keys(complete)) {
      expect(complaints(nothing)).toContain(`${name} is missing`)
    }
  })
})

describe("Redis by the names of Vercel's integration", () => {
  const without = { UPSTASH_REDIS_REST_URL: undefined, UPSTASH_REDIS_REST_TOKEN: undefined }
  const theirs = { KV_REST_API_URL: 'https://kv.example', KV_REST_API_TOKEN: 'kv-token' }

  it('is found', () => {
    const { redis } = readEnv({ ...complete, ...without, ...theirs })
    expect(redis).toMatchObject({ url: 'https://kv.example', token: 'kv-token' })
  })

  it('gives way to ours when both are set', () => {
    expect(readEnv({ ...complete, ...theirs }).redis.url).toBe('https://redis.example')
  })

  it('never completes a group of ours that is set by half', () => {
    expect(complaints({ ...theirs, UPSTASH_REDIS_REST_TOKEN: '' })).toContain(
      'UPSTASH_REDIS_REST_TOKEN is missing',
    )
  })

  it.each([
    ['KV_REST_API_TOKEN', { KV_REST_API_URL: 'https://kv.example' }],
    ['KV_REST_API_URL', { KV_REST_API_TOKEN: 'kv-token' }],
    ['KV_REST_API_URL', { ...theirs, KV_REST_API_URL: 'redis://kv.example' }],
  ])('is named as the operator knows it when it is wrong: %s', (name, changes) => {
    expect(complaints({ ...without, ...changes })).toContain(name)
  })
})

describe('the guide’s dialect', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const guide: Record<string, string | undefined> = {
    SALESFORCE_API: 'guide',
    SALESFORCE_LOGIN_URL: 'https://login.example/',
    SALESFORCE_CLIENT_ID: 'connected-app',
    SALESFORCE_SIGNING_KEY: pem,
  }

  it('is spoken with its own three variables, the key on one line or on several', () => {
    for (const key of [pem, pem.replaceAll('\n', '\\n')]) {
      const { guide: read, verification } = readEnv({
        ...complete,
        ...guide,
        SALESFORCE_SIGNING_KEY: key,
      })
      expect(read).toMatchObject({ loginUrl: 'https://login.example', clientId: 'connected-app' })
      expect(read?.key.equals(privateKey)).toBe(true)
      expect(verification).toBeNull()
    }
    expect(readEnv(complete).guide).toBeNull()
  })

  it.each([
    ['a missing variable', { SALESFORCE_CLIENT_ID: '' }, 'SALESFORCE_CLIENT_ID is missing'],
    [
      'a login in the clear',
      { SALESFORCE_LOGIN_URL: 'http://login.example' },
      'SALESFORCE_LOGIN_URL must be an https',
    ],
    [
      'a key that is none',
      { SALESFORCE_SIGNING_KEY: 'secret' },
      'SALESFORCE_SIGNING_KEY must be PEM',
    ],
    ['verified visitors', { SALESFORCE_AUTH: 'verified' }, 'SALESFORCE_AUTH must be guest'],
    [
      'half of what verifies visitors',
      { SALESFORCE_KEY_ID: 'k1' },
      'SALESFORCE_CERTIFICATE is missing',
    ],
    [
      'another dialect',
      { SALESFORCE_API: 'soap' },
      'SALESFORCE_API must be enhanced-chat or guide',
    ],
  ])('does not go with %s', (_what, changes, complaint) => {
    expect(complaints({ ...guide, ...changes })).toContain(complaint)
    expect(complaints({ ...guide, ...changes })).not.toContain('secret')
  })

  it('names all that is missing at once, and nothing of the other dialect', () => {
    const message = complaints({ SALESFORCE_API: 'guide' })
    for (const name of ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_SIGNING_KEY'])
      expect(message).toContain(`${name} is missing`)
    expect(message).not.toContain('SALESFORCE_CERTIFICATE')
  })

  it('is not taken for wanted by half: its variables need SALESFORCE_API=guide', () => {
    const message = complaints({ SALESFORCE_LOGIN_URL: 'https://login.example' })
    expect(message).toContain('SALESFORCE_LOGIN_URL needs SALESFORCE_API=guide')
  })
})
