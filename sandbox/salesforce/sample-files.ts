import type { StoredFile } from './files.js'
import { pdfOf } from './pdf.js'

/** A ship below the sun, 48 by 32 pixels. */
const harborPng =
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAgCAIAAADbtmxLAAAAhklEQVR42u3UwQmAMBBE0S3DElLEVmJNnq3DMizBMjx7Eh' +
  'FEROIYk1Fh4B9DeCTLWjeMn8oEEije1Pva+6CNsk+gqObUlA5yd4HygRgz9HtQ8T2UBiq4qdmgNoTnZX4hvub6y8gaaIaY' +
  'GnSoaZoFVNUNEqgBb4tk+FGC5h6Ik0ACCSSQQIdm6Ti9O4luOvMAAAAASUVORK5CYII='

/** What the composed messages point to. */
export const sampleFiles = (): Partial<Record<string, StoredFile>> => ({
  'harbor.png': {
    name: 'harbor.png',
    mimeType: 'image/png',
    bytes: Uint8Array.from(Buffer.from(harborPng, 'base64')),
  },
  'bill.pdf': {
    name: 'bill.pdf',
    mimeType: 'application/pdf',
    bytes: pdfOf(['Harbor, bill no. 4711', 'Storage, two days: 90 EUR']),
  },
})
