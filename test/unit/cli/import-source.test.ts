import { describe, expect, it } from 'vitest';
import type { ImportSourceOptions, SourceReport } from '../../../src/cli/app-port.ts';
import { noCounts } from '../../../src/model/run.ts';
import { run } from './support.ts';

const report: SourceReport = {
  runId: 'run-1',
  source: 'product-usage',
  status: 'succeeded',
  counts: { ...noCounts, pulled: 1200, created: 30, changed: 31, scored: 30 },
  failure: null,
  nextTryAt: null,
};

const refused = {
  code: 'source-refused',
  message: 'No.',
  recovery: 'reauthorise',
  remedy: 'Another password.',
} as const;

describe('import --source', () => {
  it('reads the source that is named, and tells what came of it', async () => {
    const asked: [string, Pick<ImportSourceOptions, 'org' | 'full'>][] = [];
    const importSource = async (name: string, { org, full }: ImportSourceOptions): Promise<SourceReport> => {
      asked.push([name, { org, full }]);
      return report;
    };
    const { code, out } = await run('import --source product-usage', { importSource });
    expect(code).toBe(0);
    expect(out).toContain('1,200');
    await run('import --source product-usage --org acme --full', { importSource });
    expect(asked).toEqual([
      ['product-usage', { org: null, full: false }],
      ['product-usage', { org: 'acme', full: true }],
    ]);
  });

  it.each([
    [3, { status: 'partial', counts: { ...report.counts, rejected: 2 } }, 'leadloop rejected'],
    [1, { status: 'failed', failure: refused }, 'Another password.'],
  ] as const)('exits with %d for %j', async (code, change, text) => {
    const ran = await run('import --source product-usage', { importSource: async () => ({ ...report, ...change }) });
    expect(ran.code).toBe(code);
    expect(ran.out).toContain(text);
  });

  it.each([
    ['import --source product-usage --dry-run', '--dry-run'],
    ['import --source product-usage --format csv', '--format'],
    ['import --source product-usage --rejected rows.ndjson', '--rejected'],
    ['import usage file.csv --full', '--full'],
  ])('%s is refused rather than half done', async (line, flag) => {
    const { code, err } = await run(line);
    expect(code).toBe(2);
    expect(err).toContain(`${flag} does not go with this import`);
  });

  it.each(['import', 'import usage', 'import usage file.csv --source product-usage'])(
    '%s is no command',
    async (line) => {
      const { code, err } = await run(line);
      expect(code).toBe(2);
      expect(err).toContain('a kind and a file, or a source alone');
    },
  );
});
