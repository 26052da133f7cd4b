import { existsSync, readFileSync } from 'node:fs'
import { parse, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { readEnv } from '../../lib/config/env.js'
import * as lambda from '../../platforms/lambda.js'
import { template } from './template.js'

const { Parameters, Resources } = template
const { Metadata, Properties } = Resources.Gateway
const variables = Properties.Environment.Variables
const entries = Object.entries(variables)

/** Reads the template as `sam deploy` would. */
const answers: Record<string, string> = {
  SalesforceMessagingUrl: 'https://harbor.my.salesforce-scrt.com',
  SalesforceOrgId: '00DZZ0000000AbC',
  SalesforceDeployment: 'Harbor_Custom_Client',
  UpstashRedisRestUrl: 'https://redis.example',
  UpstashRedisRestToken: 'token',
  SessionSecret: 'a-secret-of-at-least-thirty-two-bytes',
}

it('the entry point is there and exports the handler that is named', () => {
  const [entry] = Metadata.BuildProperties.EntryPoints
  const [file, name = ''] = Properties.Handler.split('.')
  expect(existsSync(resolve('platforms', Properties.CodeUri, entry))).toBe(true)
  expect(parse(entry).name).toBe(file)
  expect(lambda).toHaveProperty(name, expect.any(Function))
})

it('a poll has the time it may take, on a Node that is kept up', () => {
  const { deadlineMs } = readEnv(environment())
  expect(Properties.Timeout).toBeGreaterThanOrEqual(25 + deadlineMs / 1000)
  expect(Properties.MemorySize).toBeGreaterThanOrEqual(512)
  expect(Number(/^nodejs(\d+)\.x$/.exec(Properties.Runtime)?.[1])).toBeGreaterThanOrEqual(22)
  expect(Metadata.BuildProperties.Target).toBe(Properties.Runtime.replace(/js|\.x/g, ''))
})

function environment(): Record<string, string> {
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (typeof value === 'string') return [name, value]
      return [name, answers[value.ref] ?? Parameters[value.ref]?.Default ?? '']
    }),
  )
}

it('its variables are a complete environment, and callers are counted as AWS saw them', () => {
  expect(readEnv(environment()).clientAddress).toBe('lambda')
})

it.each(entries)(
  '%s is needed or documented, and its value comes from a parameter',
  (name, value) => {
    expect(readFileSync('.env.example', 'utf8')).toMatch(new RegExp(`^(# )?${name}=`, 'm'))
    if (typeof value !== 'string') expect(Object.keys(Parameters)).toContain(value.ref)
  },
)

function complaintAbout(source: Record<string, string>): string {
  try {
    readEnv(source)
    return ''
  } catch (error) {
    return String(error)
  }
}

it('no variable that the gateway cannot do without is left out', () => {
  const missing = [...complaintAbout({}).matchAll(/([A-Z_]+) is missing/g)].map(([, name]) => name)
  expect(missing.length).toBeGreaterThan(4)
  expect(Object.keys(variables)).toEqual(expect.arrayContaining(missing))
})

it('every parameter is used, and what is secret is neither shown nor preset', () => {
  const used = entries.flatMap(([, value]) => (typeof value === 'string' ? [] : [value.ref]))
  expect(Object.keys(Parameters).sort()).toEqual(used.sort())
  for (const [name, { NoEcho, Default }] of Object.entries(Parameters)) {
    const isSecret = /Token|Secret|Key$/.test(name)
    expect([name, NoEcho]).toEqual([name, isSecret])
    if (isSecret) expect(Default).toBeUndefined()
  }
})

it.each(Object.entries(answers))('%s takes the value that belongs there', (name, answer) => {
  expect(answer).toMatch(new RegExp(Parameters[name]?.AllowedPattern ?? '.'))
})
