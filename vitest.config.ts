import { defineConfig } from 'vitest/config';

// `leadloop/connector-sdk` resolves to source, as it does under `node --conditions=source`.
const conditions = ['source', 'node', 'import', 'default'];
const project = (name: string, testTimeout: number) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 120_000 },
});

export default defineConfig({
  test: {
    // One worker a core: the integration tests share two cores with Postgres.
    maxWorkers: 2,
    projects: [
      project('unit', 10_000),
      project('contract', 60_000),
      project('integration', 120_000),
      project('e2e', 600_000),
      project('regression', 120_000),
    ],
  },
});
