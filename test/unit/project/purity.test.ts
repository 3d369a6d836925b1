import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const pureFolders = ['model', 'mapping', 'scoring', 'lifecycle'];

const impure: Record<string, string> = {
  'purity(no-clock)': 'export const now = (): Date => new Date();',
  'eslint(no-restricted-properties)': 'export const chance = (): number => Math.random();',
  'eslint(no-restricted-globals)': "export const page = async (): Promise<Response> => fetch('http://127.0.0.1');",
};
const pure = 'export const later = (at: Date): Date => new Date(at.getTime() + 1);';

test('pure folders may read no clock, throw no dice and call nobody', async () => {
  const tree = await mkdtemp(join(tmpdir(), 'leadloop-purity-'));
  await mkdir(join(tree, 'scripts'));
  for (const file of ['.oxlintrc.json', 'scripts/oxlint-purity.mjs']) await cp(join(root, file), join(tree, file));
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const folder of pureFolders) {
    await mkdir(join(tree, 'src', folder), { recursive: true });
    await writeFile(join(tree, 'src', folder, 'a.ts'), [...Object.values(impure), pure].join('\n'));
  }

  const output = await new Promise<string>((done) => {
    const oxlint = join(root, 'node_modules/.bin/oxlint');
    execFile(process.execPath, [oxlint, '--format=json', 'src'], { cwd: tree }, (_, stdout) => done(stdout));
  });
  await rm(tree, { recursive: true });
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
  const expected = pureFolders.flatMap((folder) => Object.keys(impure).map((rule) => `src/${folder}/a.ts ${rule}`));
  expect(diagnostics.map(({ code, filename }) => `${filename} ${code}`).toSorted()).toEqual(expected.toSorted());
}, 30_000);
