// `npm run check [name …]`: everything that can be said about the code without running it, one line each.
import { availableParallelism } from 'node:os';
import { line, run } from './run.mjs';

const checks = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  types: ['tsc', '--noEmit'],
  'types-web': ['tsc', '--noEmit', '-p', 'src/web'],
  boundaries: ['node', 'scripts/check-boundaries.mjs'],
  unused: ['knip', '--no-progress'],
  generated: ['node', '--conditions=source', 'scripts/generate.mjs', '--check'],
  docs: ['node', 'scripts/check-docs.mjs'],
};

/** Runs the checks, as many at a time as there are cores, and reports them in order. Resolves with the two counts. */
export async function check(names = Object.keys(checks)) {
  const results = new Map();
  const waiting = [...names];
  let passed = 0;
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      results.set(name, await run(checks[name]));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  for (const name of names) {
    const { code, output, seconds } = results.get(name);
    console.log(line(code === 0, name, seconds, code === 0 ? '' : `npm run check ${name}`));
    if (code === 0) passed += 1;
    else console.log(`${output.trimEnd()}\n`);
  }
  return { passed, failed: names.length - passed };
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in checks));
  if (unknown.length > 0) {
    console.error(`no such check: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}`);
    process.exit(2);
  }
  const { failed } = await check(names.length > 0 ? names : undefined);
  process.exitCode = failed === 0 ? 0 : 1;
}
