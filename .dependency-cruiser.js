/** Who may import whom: see docs/decisions/0001-the-house.md. */
const rooms = [
  'access',
  'search',
  'read',
  'operations',
  'update',
  'notify',
  'link',
  'identity',
  'mapping',
  'sources',
  'audit',
  'store',
  'platform',
];
const only = (name, packages, from) => ({
  name,
  severity: 'error',
  from: { pathNot: from },
  to: { path: packages.map((it) => `^node_modules/${it}/`).concat(packages.map((it) => `^${it}$`)) },
});

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^fhir/r4' } },
    {
      name: 'fhir-is-a-leaf',
      severity: 'error',
      from: { path: '^src/fhir' },
      to: { path: '^(src/(?!fhir)|adapters|mappings|sandbox|test)' },
    },
    {
      name: 'adapter-is-the-contract',
      severity: 'error',
      from: { path: '^src/adapter' },
      to: { path: '^(src/(?!adapter|fhir)|adapters|mappings|sandbox|test)' },
    },
    {
      name: 'mappings-are-pure',
      severity: 'error',
      from: { path: '^mappings', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(mappings|src/adapter|src/fhir|fhir/r4)' },
    },
    {
      name: 'a-mapping-knows-no-other',
      severity: 'error',
      from: { path: '^mappings/([^/]+)/' },
      to: { path: '^mappings/([^/]+)/', pathNot: '^mappings/$1/' },
    },
    {
      name: 'adapters-see-the-contract-only',
      severity: 'error',
      from: { path: '^adapters/', pathNot: '(\\.test|/stub|/simulator)\\.ts$' },
      to: { path: '^(src/(?!adapter|fhir)|sandbox|test)' },
    },
    {
      name: 'an-adapter-knows-no-other',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^adapters/([^/]+)/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'src-knows-no-source',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(adapters|mappings|sandbox|test)' },
    },
    {
      name: 'rooms-never-walk-back',
      severity: 'error',
      from: { path: `^src/(${rooms.join('|')})/` },
      to: { path: '^src/(http/|app\\.ts|main\\.ts|cli\\.ts|index\\.ts)' },
    },
    {
      name: 'platform-is-below',
      severity: 'error',
      from: { path: '^src/platform' },
      to: { path: `^src/(${rooms.filter((it) => it !== 'platform').join('|')})/` },
    },
    only(
      'express-at-the-door',
      ['express', '@types/express'],
      '^(src/http|src/app\\.ts|adapters/[^/]+/simulator\\.ts|sandbox|test|bench/naive\\.ts)',
    ),
    only('axios-in-platform', ['axios'], '^(src/platform|test|bench/naive-search\\.ts)'),
    only('nock-in-tests', ['nock'], '(^test|\\.test\\.ts$|^adapters/[^/]+/stub\\.ts$)'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^bench/peers' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
