import { describe, expect, it } from 'vitest'
import { callerAddress, normaliseEvent } from '../../platforms/lambda-event.js'
import { ways } from './lambda-calls.js'

const [, [, httpApi]] = ways

function pathAt(stage: string, rawPath: string): unknown {
  const event = httpApi({ path: '/' })
  const { requestContext } = event
  const tidied = normaliseEvent(
    Object.assign({}, event, { rawPath, requestContext: { ...requestContext, stage } }),
  )
  return 'rawPath' in tidied && tidied.rawPath
}

describe('the stage in a path', () => {
  it.each([
    ['prod', '/prod/api/send', '/api/send'],
    ['prod', '/prod/api', '/api'],
    ['prod', '/prod/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['prod', '/api/send', '/api/send'],
    ['prod', '/production/api/send', '/production/api/send'],
    ['prod', '/prod', '/prod'],
    ['$default', '/api/send', '/api/send'],
    ['api', '/api/api/send', '/api/send'],
    ['api', '/api/send', '/api/send'],
  ])('%s: %s is %s', (stage, path, expected) => expect(pathAt(stage, path)).toBe(expected))
})

it('an event without an address is from nobody in particular', () => {
  expect(callerAddress({ requestContext: { elb: {} } })).toBeUndefined()
})
