/** Checks that the pictures of the documents can be taken again, and that the stored ones have the same sizes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type PictureName, pictureNames, takePicture } from '../pictures/take.js'
import { hasBrowser } from './browser.js'
import { useDeployment } from './deployment.js'

const sizes: Record<PictureName, [width: number, height: number]> = {
  desktop: [1280, 900],
  phone: [780, 1688],
  dark: [1280, 900],
  rtl: [780, 1688],
  typing: [540, 684],
  queue: [540, 684],
  progress: [540, 684],
  streaming: [540, 684],
  closed: [540, 834],
  markdown: [540, 1089],
  'streaming-dark': [540, 684],
  'closed-dark': [540, 834],
  'markdown-dark': [540, 1089],
}

/** Returns width and height from a PNG's first block. */
function sizeOf(path: string): [number, number] {
  const bytes = readFileSync(path)
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG')
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

describe.skipIf(!hasBrowser())('the pictures of the documents', () => {
  const deployment = useDeployment()
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(pictureNames)('%s is taken in the size of the stored one', async (name) => {
    await takePicture(name, { browser: deployment.browser(), origin: deployment.origin(), folder })
    expect(sizeOf(join(folder, `${name}.png`))).toEqual(sizes[name])
    expect(sizeOf(`docs/img/${name}.png`)).toEqual(sizes[name])
  })
})
