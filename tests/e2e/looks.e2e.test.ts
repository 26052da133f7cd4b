/** The pictures of the README can be taken anew, and are there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type PictureName, pictureNames, takePicture } from '../pictures/take.js'
import { hasBrowser } from './browser.js'
import { usePlace } from './place.js'

const sizes: Record<PictureName, [width: number, height: number]> = {
  desktop: [1280, 800],
  phone: [780, 1688],
  dark: [1280, 800],
  rtl: [780, 1688],
}

/** Width and height, as a PNG's first block tells. */
function sizeOf(path: string): [number, number] {
  const bytes = readFileSync(path)
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG')
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

describe.skipIf(!hasBrowser())('the pictures', () => {
  const place = usePlace()
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(pictureNames)('is taken, as large as the one that is kept: %s', async (name) => {
    await takePicture(name, { browser: place.browser(), origin: place.origin(), folder })
    expect(sizeOf(join(folder, `${name}.png`))).toEqual(sizes[name])
    expect(sizeOf(`docs/img/${name}.png`)).toEqual(sizes[name])
  })
})
