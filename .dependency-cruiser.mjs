/**
 * States the arrows of docs/architecture.md as rules: which folder may import which. Type imports
 * count. `npm run lint` checks them; tests/architecture.test.ts shows that each rule catches a
 * violation.
 */

/** Each of these modules knows one foreign thing, so it imports none of the others. */
const modules = ['files', 'salesforce', 'store', 'visitors']

const onlyModules = modules.map((name) => ({
  name: `lib-${name}-stands-alone`,
  comment:
    'Only lib/conversations/ joins modules; all may use the words of contract/ and polling/.',
  severity: 'error',
  from: { path: `^lib/${name}/` },
  to: {
    path: `^lib/(${[...modules, 'conversations', 'http'].filter((other) => other !== name).join('|')})/|^lib/services\\.ts$`,
  },
}))

/** Names what each folder of the client may import beside itself: other folders and packages. */
const client = {
  core: { folders: [], packages: [] },
  widget: { folders: ['core'], packages: ['react'] },
  react: { folders: ['core', 'widget'], packages: [] },
  element: { folders: ['core', 'widget'], packages: ['react', 'preact'] },
  demo: { folders: ['core', 'element'], packages: [] },
}

const clientRules = Object.entries(client).map(([folder, { folders, packages }]) => ({
  name: `client-${folder}-imports`,
  comment: 'A folder of the client imports only the folders and packages that it is built on.',
  severity: 'error',
  from: { path: `^client/${folder}/` },
  to: {
    pathNot: [
      ...[folder, ...folders].map((each) => `^client/${each}/`),
      ...packages.map((each) => `(^|/)node_modules/(@types/)?${each}/`),
    ],
  },
}))

const clientFolders = Object.keys(client).join('|')

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'A circle of imports has no bottom to begin reading at.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'deployed-code-stands-alone',
      comment:
        'Nothing that is deployed knows of the sandbox, the tests, the bench or the scripts.',
      severity: 'error',
      from: { path: '^(api|lib|platforms|client)/' },
      to: { path: '^(sandbox|tests|bench|scripts)/' },
    },
    {
      name: 'server-without-client',
      comment: 'The browser has plain types of its own, which a test holds against the contract.',
      severity: 'error',
      from: { path: '^(api|lib|platforms)/' },
      to: { path: '^client/' },
    },
    {
      name: 'lib-without-hosts',
      comment: 'Functions know nothing of the hosts that they run on.',
      severity: 'error',
      from: { path: '^(api|lib)/' },
      to: { path: '^platforms/' },
    },
    {
      name: 'platforms-imports',
      severity: 'error',
      from: { path: '^platforms/' },
      to: {
        path: '^',
        pathNot: ['^(platforms|api|lib)/', '^vercel\\.json$', '^node_modules/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'one-registry-of-endpoints',
      comment: 'Hosts serve the endpoints of the generated list, so that none of them lacks one.',
      severity: 'error',
      from: { path: '^platforms/', pathNot: '^platforms/endpoints\\.ts$' },
      to: { path: '^api/' },
    },
    {
      name: 'lib-without-endpoints',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^api/' },
    },
    {
      name: 'services-are-read-by-the-pipeline',
      comment: 'Endpoints and guards are handed what they need.',
      severity: 'error',
      from: { path: '^(api|lib)/', pathNot: '^lib/http/endpoint\\.ts$' },
      to: { path: '^lib/services\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'conversations-without-http',
      severity: 'error',
      from: { path: '^lib/conversations/' },
      to: { path: '^lib/http/|^lib/services\\.ts$' },
    },
    {
      name: 'contract-and-polling-are-pure',
      comment: 'What a frontend sees and how a cursor works depend on no foreign thing.',
      severity: 'error',
      from: { path: '^lib/(contract|polling)/' },
      to: { path: '^lib/(?!contract/|polling/|problem|sealing|json)' },
    },
    {
      name: 'config-is-pure',
      comment: 'The environment is parsed without reading it; types of modules may be named.',
      severity: 'error',
      from: { path: '^lib/config/' },
      to: {
        path: '^lib/(conversations|http|store|polling|salesforce|visitors)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    ...onlyModules,
    {
      name: 'dialects-behind-the-port',
      comment: 'Only services.ts chooses a dialect; others may name its types.',
      severity: 'error',
      from: {
        path: '^(api|lib)/',
        pathNot: '^lib/(services\\.ts$|salesforce/(enhanced-chat|guide)/)',
      },
      to: { path: '^lib/salesforce/(enhanced-chat|guide)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'dialects-stand-alone',
      severity: 'error',
      from: { path: '^lib/salesforce/(enhanced-chat|guide)/' },
      to: {
        path: '^lib/salesforce/(enhanced-chat|guide)/',
        pathNot: '^lib/salesforce/$1/',
      },
    },
    ...clientRules,
    {
      name: 'client-folders-are-listed',
      comment:
        'A file beside the listed folders imports nothing: what it may import is not decided.',
      severity: 'error',
      from: { path: '^client/', pathNot: `^client/(${clientFolders})/` },
      to: {},
    },
  ],
  options: {
    // Declarations only: they name the frameworks whose templates know the element.
    exclude: { path: '(^client/element|^\\.)/tag\\.(js|d\\.ts)$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
}
