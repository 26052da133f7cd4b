import { readFileSync } from 'node:fs'

/** Returns the code blocks of one language in an example's README, in their order. */
export function blocksOf(example: string, language: string): string[] {
  const text = readFileSync(`examples/${example}/README.md`, 'utf8')
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))
  return [...blocks].map(([, code = '']) => code)
}
