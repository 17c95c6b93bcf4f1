/**
 * The storeys of src/: a folder imports only from itself and from folders above it in this list. `boundary` stands above
 * `engine` because it speaks to a guest through an interface of its own (`boundary/guest.ts`) and needs nothing of the
 * engine, which drives it.
 */
const STOREYS = [
  'base',
  'wasm',
  'decode',
  'validate',
  'metering',
  'machine',
  'builtins',
  'interpreter',
  'instrumented',
  'boundary',
  'engine',
  'session',
  'zome',
  'profile',
  'store',
  'memo',
  'pool',
  'billing',
  'service',
  'agreement',
  'fleet',
  'cli',
];

/** Folders that run in a browser and whose answers must not depend on the host. */
const DETERMINISTIC = STOREYS.slice(0, STOREYS.indexOf('profile') + 1);

/** Packages that a folder may use, beside none. */
const PACKAGES = {
  boundary: ['io-ts', 'fp-ts'],
  zome: ['@noble/hashes', '@noble/curves', 'io-ts', 'fp-ts'],
  store: ['libsql'],
  profile: ['io-ts', 'fp-ts', '@noble/hashes', '@jridgewell/trace-mapping', 'pprof-format', 'fflate'],
  billing: ['io-ts', 'fp-ts', 'pg', '@types/pg', 'pdfkit', '@types/pdfkit'],
  service: ['io-ts', 'fp-ts', 'fastify', '@fastify/swagger-ui', 'prom-client'],
  agreement: ['fast-check'],
  fleet: [
    'io-ts',
    'fp-ts',
    'pg',
    '@types/pg',
    '@nats-io/transport-node',
    '@nats-io/jetstream',
    '@nats-io/kv',
    '@nats-io/obj',
  ],
  cli: ['commander', 'picocolors', 'fp-ts'],
};

/** Within the engine, likewise. */
const ENGINE = ['imports', 'receipt', 'describe', 'call', 'load'];

const anyOf = (names) => `(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})`;

const storeyRules = STOREYS.map((storey, i) => ({
  name: `storey-${storey}`,
  comment: `src/${storey} imports only from itself and from ${STOREYS.slice(0, i).join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${storey}/` },
  to: { path: '^src/', pathNot: `^src/${anyOf(STOREYS.slice(0, i + 1))}/` },
}));

const engineRules = ENGINE.map((folder, i) => ({
  name: `engine-${folder}`,
  comment: `src/engine/${folder} imports of the engine only itself and ${ENGINE.slice(0, i).join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/engine/${folder}/` },
  to: { path: '^src/engine/', pathNot: `^src/engine/${anyOf(ENGINE.slice(0, i + 1))}/` },
}));

const packageRules = STOREYS.map((storey) => ({
  name: `packages-${storey}`,
  comment: `src/${storey} uses only the packages ${(PACKAGES[storey] ?? []).join(', ') || '(none)'}`,
  severity: 'error',
  from: { path: `^src/${storey}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
    ...(PACKAGES[storey] === undefined ? {} : { pathNot: `node_modules/${anyOf(PACKAGES[storey])}/` }),
  },
}));

module.exports = {
  forbidden: [
    ...storeyRules,
    ...engineRules,
    ...packageRules,
    {
      name: 'known-storey',
      comment: 'a new folder of src/ needs its place in the list of storeys',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/${anyOf(STOREYS)}/` },
      to: {},
    },
    {
      name: 'no-host',
      comment: 'what decides a receipt runs in a browser too: no modules of Node',
      severity: 'error',
      from: { path: `^src/${anyOf(DETERMINISTIC)}/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'client-alone',
      comment: 'the client of the service runs in a browser: of the service it has the protocol alone',
      severity: 'error',
      from: { path: '^src/service/(client|protocol)/' },
      to: {
        path: '^src/(service|billing|pool|memo|store)/|node_modules/(fastify|@fastify|prom-client)',
        pathNot: '^src/service/(client|protocol)/',
      },
    },
    {
      name: 'client-no-host',
      severity: 'error',
      from: { path: '^src/service/(client|protocol)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-host-index',
      comment: 'the front door opens in a browser too',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { dependencyTypes: ['core'], path: '.*' },
    },
    {
      name: 'front-door-no-cli',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-cycle',
      comment: 'no file imports itself, however far around; types included in the storeys, not here',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
