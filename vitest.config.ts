import { defineConfig } from 'vitest/config';

// `leadloop/connector-sdk` resolves to source, as it does under `node --conditions=source`.
// 'import' must not be here: vitest hands the list to Node, where it would apply to `require` too.
const conditions = ['source', 'node'];
const project = (name: string, testTimeout: number, globalSetup: string[] = []) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: 120_000,
    globalSetup,
    // A second, its default, is short where two cores run a browser, a server and a database.
    expect: { poll: { timeout: 20_000 } },
  },
});
const postgres = ['test/support/global-postgres.ts'];

export default defineConfig({
  test: {
    // One worker a core: the integration tests share two cores with Postgres.
    maxWorkers: 2,
    projects: [
      project('unit', 10_000),
      project('contract', 60_000),
      project('integration', 120_000, postgres),
      project('e2e', 600_000, postgres),
      project('browser', 600_000, postgres),
      project('regression', 120_000, postgres),
    ],
  },
});
