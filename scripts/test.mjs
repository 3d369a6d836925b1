// `npm test`: checks, then every test. Stages run in order and the first failing one ends the run. The last line is always
// `N passed, N failed`; a check counts as one test.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';
import { chromium } from './chromium.mjs';
import { line, run } from './run.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'leadloop-test-'));
const failedOnce = { passed: 0, failed: 1 };

/** Runs one vitest project. The counts come from its JSON report, never from its text. */
async function vitest(project, { env = {}, label = project } = {}) {
  const report = join(scratch, `${label.replaceAll(/\W+/g, '-')}.json`);
  const { code, seconds } = await run(
    ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { env, show: true },
  );
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = readReport(report);
  // A file that does not load, an unhandled rejection, no test at all: vitest fails without a failed test.
  const failed = code === 0 ? numFailedTests : Math.max(1, numFailedTests);
  console.log(line(failed === 0, label, seconds, `${passed} passed, ${failed} failed, ${skipped} skipped`));
  return { passed, failed };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
  }
}

async function integrationOnPostgres15() {
  const { postgres15 } = await import('./postgres15.mjs');
  const server = await postgres15();
  if (server === null) {
    console.log('skipped: PostgreSQL 15 can only be installed as root on Debian or Ubuntu');
    return { passed: 0, failed: 0 };
  }
  try {
    return await vitest('integration', { env: { DATABASE_URL: server.url }, label: 'integration (PG 15)' });
  } finally {
    await server.stop();
  }
}

async function endToEnd() {
  const executable = await chromium();
  return vitest('e2e', { env: executable === null ? {} : { CHROMIUM_PATH: executable } });
}

const stages = {
  checks: () => check(),
  unit: () => vitest('unit'),
  contract: () => vitest('contract'),
  integration: () => vitest('integration'),
  'integration on PostgreSQL 15': integrationOnPostgres15,
  regression: () => vitest('regression'),
  'end to end': endToEnd,
};

const sum = { passed: 0, failed: 0 };
for (const [name, stage] of Object.entries(stages)) {
  console.log(`\n── ${name} ──`);
  const { passed, failed } = await stage().catch((error) => {
    console.log(error.message);
    return failedOnce;
  });
  sum.passed += passed;
  sum.failed += failed;
  if (failed > 0) {
    console.log(`\nstopped after "${name}"`);
    break;
  }
}
rmSync(scratch, { recursive: true, force: true });
process.exitCode = sum.failed === 0 ? 0 : 1;
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
