import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { problems } from '../lib/problem.js'

const page = readFileSync('public/problems.html', 'utf8')

it.each(Object.entries(problems))('explains %s on the page its type points to', (code, entry) => {
  const [status, retryable] = entry
  const cells = [`<code>${code}</code>`, String(status), retryable ? 'yes' : 'no', '.{20,}']
  const row = cells.map((cell) => `\\s*<td>${cell}</td>`).join('')
  expect(page).toMatch(new RegExp(`<tr id="${code}">${row}`))
})

it('explains no code that does not exist', () => {
  const codes = [...page.matchAll(/<tr id="(\w+)">/g)].map(([, code]) => code)
  expect(codes).toEqual(Object.keys(problems))
})
