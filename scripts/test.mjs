// `npm test [-- stage …]`: checks, then every test. Stages run in order and the first failing one ends the run. The last line is always
// `N passed, N failed`; a check counts as one test.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';
import { chromium } from './chromium.mjs';
import { line, root, run } from './run.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'leadloop-test-'));
const failedOnce = { passed: 0, failed: 1 };

/** Runs one vitest project. The counts come from its JSON report, never from its text. */
async function vitest(project, { env = {}, label = project, within = [], flags = [] } = {}) {
  const files = globSync(`test/${project}/**/*.test.ts`, { cwd: root }).length;
  if (files === 0) {
    console.log(`no files in test/${project}`);
    return { passed: 0, failed: 0 };
  }
  const report = join(scratch, `${label}.json`);
  const { code, seconds, output } = await run(
    [
      ...within,
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...flags,
    ],
    { env, show: true },
  );
  if (code === 0 && output.startsWith('SKIPPED')) return { passed: 0, failed: 0 };
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, testResults } = readReport(report);
  // A file that does not load, an unhandled rejection, a file that nobody ran: no test failed, and yet something did.
  const isWhole = code === 0 && testResults.length === files;
  const failed = isWhole ? numFailedTests : Math.max(1, numFailedTests);
  console.log(line(failed === 0, label, seconds, `${passed} passed, ${failed} failed, ${skipped} skipped`));
  if (testResults.length !== files) console.log(`${testResults.length} of ${files} files were run`);
  return { passed, failed };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, testResults: [] };
  }
}

/** The oldest version that leadloop supports; skipped, and said so, where it can be neither found nor installed. */
function integrationOnPostgres15() {
  return vitest('integration', { label: 'integration-15', within: ['node', 'scripts/postgres15.mjs'] });
}

/** One file after the other: daemons by the handful, and times that are told. */
function e2e() {
  return vitest('e2e', { flags: ['--no-file-parallelism'] });
}

/** Apart from the daemons, whose times are told and which a browser would disturb. */
async function browser() {
  const executable = await chromium();
  return vitest('browser', { env: executable === null ? {} : { CHROMIUM_PATH: executable } });
}

const stages = {
  checks: () => check(),
  unit: () => vitest('unit'),
  contract: () => vitest('contract'),
  integration: () => vitest('integration'),
  'integration-15': integrationOnPostgres15,
  regression: () => vitest('regression'),
  e2e,
  browser,
};
const chosen = process.argv.slice(2);
const names = Object.keys(stages).filter((name) => chosen.length === 0 || chosen.includes(name));
if (names.length < chosen.length) {
  console.error(`there are these stages: ${Object.keys(stages).join(', ')}`);
  process.exit(2);
}

const sum = { passed: 0, failed: 0 };
for (const name of names) {
  console.log(`\n── ${name} ──`);
  const { passed, failed } = await stages[name]().catch((error) => {
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
