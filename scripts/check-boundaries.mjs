// Import rules (.dependency-cruiser.cjs) and the proof that they were applied: a cruise that saw nothing is green too.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './run.mjs';

// A test runs this script on a copy of the tree with planted violations.
const cwd = process.argv[2] ?? process.cwd();
const folders = ['src', 'connectors', 'migrations'].filter((folder) => existsSync(join(cwd, folder)));

const onDisk = folders.flatMap((folder) =>
  readdirSync(join(cwd, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(cwd, join(entry.parentPath, entry.name))),
);

const { code, output, stdout } = await run(
  ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders],
  { cwd },
);
const report = parse(stdout);
const seen = new Set(report.modules.filter((module) => !module.couldNotResolve).map((module) => module.source));
const unseen = onDisk.filter((file) => !seen.has(file));
const edges = report.modules.flatMap((module) => module.dependencies).length;

for (const { rule, from, to } of report.summary.violations) console.log(`${rule.name}: ${from} → ${to}`);
if (unseen.length > 0)
  console.log(`the checker did not see ${unseen.length} of ${onDisk.length} files, e.g. ${unseen[0]}`);
if (edges === 0) console.log('the checker saw no import at all');
console.log(`${onDisk.length} files, ${edges} imports, ${report.summary.violations.length} violations`);
process.exitCode = report.summary.error + unseen.length > 0 || edges === 0 ? 1 : 0;

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    console.log(`depcruise ended with code ${code} and no report:\n${output}`);
    process.exit(1);
  }
}
