import { expect, it } from 'vitest'
import { isVercelBuild } from '../../scripts/build/functions.js'

it.each([
  ['on Vercel', { VERCEL: '1', CI: '1' }, true],
  ['in a CI that runs `vercel build`', { VERCEL: '1', CI: 'true' }, true],
  ['by `vercel build` on a machine with the sources', { VERCEL: '1' }, false],
  ['in a CI that tests', { CI: 'true' }, false],
  ['by `npm run build`', {}, false],
])('a build %s replaces the functions by their bundles or leaves them: %o', (_where, env, does) => {
  expect(isVercelBuild(env)).toBe(does)
})
