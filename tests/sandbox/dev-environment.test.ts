import { describe, expect, test } from 'vitest'
import {
  DevError,
  environmentFor,
  planEnvironment,
  portOf,
} from '../../sandbox/server/environment.js'

const salesforce = {
  SALESFORCE_MESSAGING_URL: 'https://org.my.salesforce-scrt.com',
  SALESFORCE_ORG_ID: '00DZZ0000000AbC',
  SALESFORCE_DEPLOYMENT: 'Web',
}

describe('what is made up', () => {
  test('everything, when nothing is set or only to nothing', () => {
    const all = { redis: true, salesforce: true, secret: true }
    expect(planEnvironment({})).toEqual(all)
    expect(planEnvironment({ UPSTASH_REDIS_REST_URL: '', SESSION_SECRET: '' })).toEqual(all)
  })

  test.each(['UPSTASH_REDIS_REST', 'KV_REST_API'])('no Redis, when %s names one', (group) => {
    const env = { [`${group}_URL`]: 'https://redis.example', [`${group}_TOKEN`]: 'x' }
    expect(planEnvironment(env)).toEqual({ redis: false, salesforce: true, secret: true })
  })

  test('no Salesforce, when one is named', () => {
    expect(planEnvironment({ ...salesforce, SESSION_SECRET: 'x' })).toEqual({
      redis: true,
      salesforce: false,
      secret: false,
    })
  })

  test.each([
    [{ UPSTASH_REDIS_REST_URL: 'https://redis.example' }, 'UPSTASH_REDIS_REST_TOKEN is missing'],
    [{ KV_REST_API_TOKEN: 'x' }, 'KV_REST_API_URL is missing'],
    [{ ...salesforce, SALESFORCE_ORG_ID: '' }, 'SALESFORCE_ORG_ID is missing'],
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
      SESSION_SECRET: 's',
      CLIENT_ADDRESS: 'socket',
    })
    expect(environmentFor({}, { CLIENT_ADDRESS: 'forwarded:1' })).toEqual({})
  })
})

describe('the port', () => {
  test.each([
    [{}, 3000],
    [{ PORT: '' }, 3000],
    [{ PORT: '0' }, 0],
    [{ PORT: '8080' }, 8080],
  ])('%j is %i', (env, port) => expect(portOf(env)).toBe(port))

  test.each(['http', '-1', '65536', '3000.5'])('%s is none', (PORT) => {
    expect(() => portOf({ PORT })).toThrow('PORT must be a whole number')
  })
})
