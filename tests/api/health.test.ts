import { describe, expect, it } from 'vitest'
import health from '../../api/health.js'
import { knock } from '../support/knock.js'
import { openWorld } from '../support/world.js'

const world = openWorld({ env: { REDIS_TIMEOUT_MS: '100' } })

describe('how the gateway is', () => {
  it('is ok when its environment is complete and its store answers', async () => {
    const { status, headers, body } = await knock(health)
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'ok', checks: { environment: 'ok', store: 'ok' } })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(world.heard()).toEqual([])
  })

  it('may be asked by HEAD', async () => {
    expect(await knock(health, { method: 'HEAD' })).toMatchObject({ status: 200, body: null })
  })

  it.each(['hang', 'drop', { status: 500 }, { status: 401 }] as const)(
    'is down when the store does not answer (%j), and well again afterwards',
    async (what) => {
      world.redis.fault({ what })
      const { status, body } = await knock(health)
      expect(status).toBe(503)
      expect(body).toEqual({ status: 'down', checks: { environment: 'ok', store: 'down' } })
      expect((await knock(health)).status).toBe(200)
    },
  )

  it('is down when the environment is not complete', async () => {
    world.setEnv({ SALESFORCE_ORG_ID: 'not-an-org', SESSION_SECRET: '' })
    const { status, body } = await knock(health)
    expect(status).toBe(503)
    expect(body).toMatchObject({ status: 'down', checks: { environment: 'down' } })
    expect(JSON.stringify(body)).not.toMatch(/SALESFORCE|SESSION|not-an-org/)
  })

  it('names the culprits in the log, never their values', async () => {
    world.setEnv({ SALESFORCE_ORG_ID: 'not-an-org', SESSION_SECRET: '' })
    await knock(health)
    expect(world.lines).toHaveLength(1)
    expect(world.lines[0]).toContain('SALESFORCE_ORG_ID')
    expect(world.lines[0]).toContain('SESSION_SECRET')
    expect(world.lines[0]).not.toContain('not-an-org')
  })
})
