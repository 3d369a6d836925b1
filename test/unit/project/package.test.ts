import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const run = promisify(execFile);

interface Manifest {
  readonly bin: Record<string, string>;
  readonly exports: Record<string, { readonly source: string; readonly default: string }>;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
const manifest = JSON.parse(read('package.json')) as Manifest;

const textFiles = globSync(
  ['{src,connectors,migrations,test,scripts,docs,config,.ci}/**/*', '*.{json,md,ts,cjs}', 'Dockerfile', '.*rc*'],
  { cwd: root, exclude: (path) => path.includes('node_modules') },
).filter((file) => /\.(?:[cm]?[jt]sx?|json|md|ya?ml|css|html|sql)$|\/run$|rc$|Dockerfile$/.test(file));

test('what the package exports is there, as source and as the build will name it', () => {
  for (const { source, default: built } of Object.values(manifest.exports)) {
    expect(existsSync(join(root, source))).toBe(true);
    expect(built).toBe(`./dist/${source.slice(2).replace(/\.ts$/, '.js')}`);
  }
  expect(manifest.bin).toEqual({ leadloop: './dist/src/cli/main.js' });
});

test('node resolves leadloop/connector-sdk to its source', async () => {
  const script = "console.log(import.meta.resolve('leadloop/connector-sdk'))";
  const { stdout } = await run(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
    cwd: root,
  });
  expect(stdout.trim()).toMatch(/\/src\/connector-sdk\/index\.ts$/);
});

test('every script that a newcomer runs installs what is missing first', () => {
  for (const name of ['start', 'test', 'build', 'check', 'bench', 'leadloop', 'smoke']) {
    expect(manifest.scripts[`pre${name}`], name).toBe('node scripts/setup.mjs');
  }
});

test('every dependency is pinned to one version', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  }
  const orm = Object.entries(manifest.dependencies).filter(([name]) => name.startsWith('@mikro-orm/'));
  expect(new Set(orm.map(([, version]) => version)).size).toBe(1);
});

test('the lock file names no host and lacks no platform', async () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"/);
  await expect(run(process.execPath, ['scripts/complete-lock.mjs', '--check'], { cwd: root })).resolves.toBeDefined();
});

test('set-up says nothing and changes nothing when all is installed', async () => {
  const { stdout, stderr } = await run(process.execPath, ['scripts/setup.mjs'], { cwd: root });
  expect(stdout + stderr).toBe('');
});

test('nothing is left to do without an issue number', () => {
  const unfinished = /(?:\/\/|\*|#|--).*\b(?:TODO|FIXME)\b(?!\(#\d+\))/;
  const allowed = new Set(['CONTRIBUTING.md', 'test/unit/project/package.test.ts', '.oxlintrc.json']);
  const found = textFiles.filter((file) => !allowed.has(file) && unfinished.test(read(file)));
  expect(textFiles.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});
