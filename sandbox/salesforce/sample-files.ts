import { readFileSync } from 'node:fs'
import { pdfOf } from './pdf.js'

/** Holds a file in memory. */
export type StoredFile = { name: string; mimeType: string; bytes: Uint8Array<ArrayBuffer> }

/** Shows a ship below the sun, 480 by 320 pixels. */
const harborPng = readFileSync(new URL('./harbor.png', import.meta.url))

/** Returns the files that the composed messages refer to. */
export const sampleFiles = (): Partial<Record<string, StoredFile>> => ({
  'harbor.png': {
    name: 'harbor.png',
    mimeType: 'image/png',
    bytes: Uint8Array.from(harborPng),
  },
  'bill.pdf': {
    name: 'bill.pdf',
    mimeType: 'application/pdf',
    bytes: pdfOf(['Harbor, bill no. 4711', 'Storage, two days: 90 EUR']),
  },
})
