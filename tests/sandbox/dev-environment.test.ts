import { describe, expect, test } from 'vitest'
import {
  DevError,
  environmentFor,
  planEnvironment,
  sandboxOrigins,
} from '../../sandbox/server/environment.js'

const login = {
  SALESFORCE_LOGIN_URL: 'https://login.salesforce.com',
  SALESFORCE_CLIENT_ID: 'gateway',
  SALESFORCE_SIGNING_KEY: 'pem',
}
const salesforce = {
  SALESFORCE_MESSAGING_URL: 'https://org.my.salesforce-scrt.com',
  SALESFORCE_ORG_ID: '00DZZ0000000AbC',
  SALESFORCE_DEPLOYMENT: 'Web',
}

describe('what is made up', () => {
  test('everything, when nothing is set or only to nothing', () => {
    const all = { redis: true, salesforce: 'enhanced-chat', secret: true }
    expect(planEnvironment({})).toEqual(all)
    expect(planEnvironment({ UPSTASH_REDIS_REST_URL: '', SESSION_SECRET: '' })).toEqual(all)
  })

  test.each(['UPSTASH_REDIS_REST', 'KV_REST_API'])('no Redis, when %s names one', (group) => {
    const env = { [`${group}_URL`]: 'https://redis.example', [`${group}_TOKEN`]: 'x' }
    expect(planEnvironment(env)).toEqual({
      redis: false,
      salesforce: 'enhanced-chat',
      secret: true,
    })
  })

  test('no Salesforce, when one is named', () => {
    expect(planEnvironment({ ...salesforce, SESSION_SECRET: 'x' })).toEqual({
      redis: true,
      salesforce: null,
      secret: false,
    })
  })

  test("a Salesforce of the guide's dialect, when that is to be spoken and none is named", () => {
    const guide = { SALESFORCE_API: 'guide' }
    expect(planEnvironment(guide).salesforce).toBe('guide')
    expect(planEnvironment({ ...guide, ...salesforce, ...login }).salesforce).toBeNull()
  })

  test.each(['', 'enhanced-chat', 'soap'])(
    'the real Salesforce for “%s”: what is none, the gateway refuses',
    (SALESFORCE_API) => {
      expect(planEnvironment({ SALESFORCE_API }).salesforce).toBe('enhanced-chat')
      expect(planEnvironment({ SALESFORCE_API, ...salesforce }).salesforce).toBeNull()
    },
  )

  test.each([
    [{ UPSTASH_REDIS_REST_URL: 'https://redis.example' }, 'UPSTASH_REDIS_REST_TOKEN is missing'],
    [{ KV_REST_API_TOKEN: 'x' }, 'KV_REST_API_URL is missing'],
    [{ ...salesforce, SALESFORCE_ORG_ID: '' }, 'SALESFORCE_ORG_ID is missing'],
    [
      { SALESFORCE_API: 'guide', ...salesforce },
      'SALESFORCE_LOGIN_URL is missing, SALESFORCE_CLIENT_ID is missing, SALESFORCE_SIGNING_KEY is missing',
    ],
    [
      { SALESFORCE_API: 'guide', ...salesforce, ...login, SALESFORCE_CLIENT_ID: '' },
      'SALESFORCE_CLIENT_ID is missing',
    ],
    [
      { SALESFORCE_API: 'guide', SALESFORCE_SIGNING_KEY: 'pem' },
      'SALESFORCE_MESSAGING_URL is missing',
    ],
    [
      { SALESFORCE_DEPLOYMENT: 'Web', KV_REST_API_TOKEN: 'x' },
      'KV_REST_API_URL is missing, SALESFORCE_MESSAGING_URL is missing, SALESFORCE_ORG_ID is missing',
    ],
  ])('half a group is an error, never a fallback: %j', (env, message) => {
    expect(() => planEnvironment(env)).toThrow(DevError)
    expect(() => planEnvironment(env)).toThrow(message)
  })
})

describe('the variables that are added', () => {
  test('name what was made up, and nothing else', () => {
    const redis = { url: 'http://127.0.0.1:1', token: 't' }
    expect(environmentFor({ redis, secret: 's' }, {})).toEqual({
      UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1',
      UPSTASH_REDIS_REST_TOKEN: 't',
      REDIS_TIMEOUT_MS: '5000',
      SESSION_SECRET: 's',
      CLIENT_ADDRESS: 'socket',
    })
    expect(environmentFor({ redis }, { REDIS_TIMEOUT_MS: '200' })).not.toHaveProperty(
      'REDIS_TIMEOUT_MS',
    )
    expect(
      environmentFor(
        {
          salesforce: {
            url: 'http://127.0.0.1:2',
            orgId: '00D',
            deployment: 'Web',
            login: { url: 'http://127.0.0.1:2', clientId: 'c', signingKey: 'pem' },
          },
        },
        { SALESFORCE_API: 'guide', CLIENT_ADDRESS: 'socket' },
      ),
    ).toEqual({
      SALESFORCE_MESSAGING_URL: 'http://127.0.0.1:2',
      SALESFORCE_ORG_ID: '00D',
      SALESFORCE_DEPLOYMENT: 'Web',
      SALESFORCE_LOGIN_URL: 'http://127.0.0.1:2',
      SALESFORCE_CLIENT_ID: 'c',
      SALESFORCE_SIGNING_KEY: 'pem',
    })
    expect(environmentFor({}, { CLIENT_ADDRESS: 'forwarded:1' })).toEqual({})
  })
})

describe('the origins that may call the local Salesforce', () => {
  test('are none, or those of SANDBOX_ALLOWED_ORIGINS', () => {
    expect(sandboxOrigins({})).toEqual([])
    const SANDBOX_ALLOWED_ORIGINS = 'http://localhost:5173, https://shop.example'
    expect(sandboxOrigins({ SANDBOX_ALLOWED_ORIGINS })).toEqual([
      'http://localhost:5173',
      'https://shop.example',
    ])
  })

  test.each(['localhost:5173', 'https://shop.example/', '*'])(
    'are named as a mistake when “%s” is among them',
    (SANDBOX_ALLOWED_ORIGINS) => {
      expect(() => sandboxOrigins({ SANDBOX_ALLOWED_ORIGINS })).toThrow(DevError)
    },
  )
})
