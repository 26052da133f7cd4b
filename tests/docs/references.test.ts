/** Holds the links, paths, functions and commands of the documents against the repository. */
import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { anchorsOf, brokenReferences, unusedExceptions } from './references.js'

const examples = readdirSync('examples').map((name) => `examples/${name}/README.md`)

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'tests/README.md'],
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['examples/README.md', ...examples.filter((file) => existsSync(file))],
]

it.each(documents)('%s names only links, paths, functions and commands that exist', (file) => {
  expect(brokenReferences(file)).toEqual([])
})

it('every exception from the rules is needed by a document', () => {
  for (const file of documents) brokenReferences(file)
  expect(unusedExceptions()).toEqual([])
})

it.each([
  ['link docs/none.md', '[a file](docs/none.md)'],
  ['link docs/none.png', '<img src="docs/none.png" alt="none">'],
  ['link #none', '# One\n\n[a heading](#none)'],
  ['link docs/security.md#none', '[a heading](docs/security.md#none)'],
  ['link lib/problem.ts#none', '[a heading of code](lib/problem.ts#none)'],
  ['path lib/none.ts', '`lib/none.ts`'],
  ['path lib/problem.ts/', '`lib/problem.ts/`'],
  ['path none.ts', 'the file `none.ts`'],
  ['path none/problem.ts', '`none/problem.ts`'],
  ['path api/none-*.ts', '`api/none-*.ts`'],
  ['path lib/<any>/none.ts', '`lib/<any>/none.ts`'],
  ['path lib/{problem,none}.ts', '`lib/{problem,none}.ts`'],
  ['path tests/none.test.ts', '```sh\nnpx vitest run tests/none.test.ts\n```'],
  ['path lib/store/none.ts', '```\nlib/\n  store/   Redis\n    none.ts   nothing\n```'],
  ['name noneOf in lib/problem.ts', '`lib/problem.ts`, `noneOf`'],
  ['command npm run none', '`npm run none`'],
  ['command npm tset', '```sh\nnpm ci && npm tset\n```'],
  ['command vitest run --project none', '`npx vitest run --project none`'],
])('reports “%s” where it does not exist', (broken, text) => {
  expect(brokenReferences('README.md', text)).toEqual([broken])
})

it.each([
  '[a file](docs/security.md), [a folder](docs), [another site](https://example.com/none)',
  '# A `title`, twice\n\n[one](#a-title-twice)',
  '`api/<endpoint>.ts`, `tests/**/*.faults.test.ts`, `lib/{problem,limits}.ts`, `lib/store/`',
  '`lib/problem.ts`, `GatewayError`; `lib/problem.ts`, `lib/limits.ts`',
  '`problem.ts`, `/api/auth`, `application/json`, `https://example.com/none`',
  '`npm test`, `npm run e2e`, `npm ci`, `npx vitest run --project unit`',
  'Without backticks lib/none.ts is prose.',
])('finds nothing to report in “%s”', (text) => {
  expect(brokenReferences('README.md', text)).toEqual([])
})

it('anchors are those of GitHub: repeated headings are numbered, headings in code are none', () => {
  const text = "# What's *new*?\n## Same\n## Same\n```sh\n# not one\n```\n## Größe: `a_b`\n"
  expect(anchorsOf(text)).toEqual(['whats-new', 'same', 'same-1', 'größe-a_b'])
})
