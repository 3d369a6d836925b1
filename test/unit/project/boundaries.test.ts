import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** Rule → a file that breaks it. A small tree of its own, so that nobody's half-finished work can disturb the test. */
const violations: Record<string, readonly [file: string, text: string]> = {
  'model-imports-nothing': ['src/model/a.ts', "import type { Db } from '../db/b.ts';\nexport type A = Db;"],
  'pure-core-scoring': ['src/scoring/a.ts', "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;"],
  'pure-core-mapping': ['src/mapping/a.ts', "import { other } from '../lifecycle/b.ts';\nexport const a = other;"],
  'pure-core-lifecycle': ['src/lifecycle/a.ts', "import { Type } from 'typebox';\nexport const a = Type;"],
  'sdk-is-small': ['src/connector-sdk/a.ts', "import { Pool } from 'pg';\nexport const a = Pool;"],
  'connectors-see-only-the-sdk': [
    'connectors/one/a.ts',
    "import type { Db } from '../../src/db/b.ts';\nexport type A = Db;",
  ],
  'connectors-use-the-package-name': [
    'connectors/one/b.ts',
    "import { door } from '../../src/connector-sdk/index.ts';\nexport const a = door;",
  ],
  'connectors-know-no-other-connector': [
    'connectors/one/c.ts',
    "import { two } from '../two/a.ts';\nexport const a = two;",
  ],
  'db-knows-only-the-model': ['src/db/a.ts', "import { a } from '../push/b.ts';\nexport const b = a;"],
  'db-runs-no-connector-code': [
    'src/db/c.ts',
    "import { door } from '../connector-sdk/index.ts';\nexport const a = door;",
  ],
  'orm-stays-in-db': ['src/push/a.ts', "import { MikroORM } from '@mikro-orm/postgresql';\nexport const a = MikroORM;"],
  'daemon-knows-no-transport': [
    'src/scheduler/a.ts',
    "import type { Page } from '../http/b.ts';\nexport type A = Page;",
  ],
  'pipes-know-no-transport': ['src/pull/a.ts', "import fastify from 'fastify';\nexport const a = fastify;"],
  'leaves-stay-leaves': ['src/push/c.ts', "import { main } from '../cli/main.ts';\nexport const a = main;"],
  'one-composition-root': ['src/push/d.ts', "import { all } from '../../connectors/index.ts';\nexport const a = all;"],
  'engine-knows-no-connector': [
    'src/pull/b.ts',
    "import { two } from '../../connectors/two/a.ts';\nexport const a = two;",
  ],
  'sandbox-plays-the-crm': [
    'src/sandbox/a.ts',
    "import { two } from '../../connectors/two/a.ts';\nexport const a = two;",
  ],
  'no-unresolved': ['src/model/c.ts', "export * from './nowhere.ts';"],
  'no-cycles': ['src/model/d.ts', "import type { E } from './e.ts';\nexport type D = E;"],
  'packages-are-declared': ['src/push/f.ts', "import { test } from 'vitest';\nexport const a = test;"],
  'migrations-stand-alone': ['migrations/a.ts', "import type { B } from '../src/model/b.ts';\nexport type A = B;"],
  'web-shares-types-only': [
    'src/web/a.ts',
    "import { form } from '../http/api/leads/schemas.ts';\nexport const a = form;",
  ],
  'web-knows-only-the-api': [
    'src/web/b.ts',
    "import type { routes } from '../http/b.ts';\nexport type A = typeof routes;",
  ],
  'source-knows-no-test': ['src/push/e.ts', "import { help } from '../../test/support/a.ts';\nexport const a = help;"],
};

const innocent: Record<string, string> = {
  'src/model/b.ts': 'export type B = string;',
  'src/model/d.ts': 'export type D = string;',
  'src/model/e.ts': "import type { D } from './d.ts';\nexport type E = D | null;",
  'src/scoring/b.ts': "import type { B } from '../model/b.ts';\nexport const b: B = 'b';",
  'src/lifecycle/b.ts': 'export const other = 1;',
  'src/connector-sdk/index.ts': "import { Type } from 'typebox';\nexport const door = Type;",
  'src/db/b.ts': "import pg from 'pg';\nexport type Db = pg.Pool;",
  'src/push/b.ts': 'export const a = 1;',
  'src/http/b.ts': 'export const routes = 1;',
  'src/http/api/leads/schemas.ts': 'export const form = 1;',
  'src/web/c.ts': "import type { form } from '../http/api/leads/schemas.ts';\nexport type C = typeof form;",
  'src/cli/main.ts': 'export const main = 1;',
  'src/app.ts': "import { all } from '../connectors/index.ts';\nexport const app = all;",
  'connectors/index.ts': "import { two } from './two/a.ts';\nexport const all = [two];",
  'connectors/two/a.ts': "import { door } from 'leadloop/connector-sdk';\nexport const two = door;",
  'test/support/a.ts': 'export const help = 1;',
};

let tree: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'leadloop-boundaries-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    await cp(join(root, file), join(tree, file));
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
});

beforeEach(async () => {
  for (const folder of ['src', 'connectors', 'migrations'])
    await rm(join(tree, folder), { recursive: true, force: true });
  for (const [file, text] of Object.entries(innocent)) await plant(file, text);
});

afterAll(async () => rm(tree, { recursive: true, force: true }));

async function plant(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true });
  await writeFile(join(tree, file), text);
}

const cruise = async (): Promise<{ failed: boolean; lines: string[] }> =>
  new Promise((done) => {
    execFile(process.execPath, [join(root, 'scripts/check-boundaries.mjs'), tree], (error, stdout) =>
      done({ failed: error !== null, lines: stdout.trim().split('\n') }),
    );
  });

test('a tree that keeps the rules passes', async () => {
  const { failed, lines } = await cruise();
  expect(lines.at(-1)).toMatch(/^15 files, \d+ imports, 0 violations$/);
  expect(failed).toBe(false);
}, 30_000);

test('every import rule catches a violation of it, and nothing else is reported', async () => {
  const config = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as {
    forbidden: { name: string }[];
  };
  expect(Object.keys(violations).toSorted()).toEqual(config.forbidden.map(({ name }) => name).toSorted());

  for (const [file, text] of Object.values(violations)) await plant(file, text);
  const { failed, lines } = await cruise();
  expect(failed).toBe(true);
  const reported = lines.slice(0, -1).map((line) => line.split(' → ')[0]!);
  for (const [rule, [file]] of Object.entries(violations)) expect(reported).toContain(`${rule}: ${file}`);
  // The other half of the planted cycle is reported too.
  const culprits = new Set([...Object.values(violations).map(([file]) => file), 'src/model/e.ts']);
  for (const line of reported) expect(culprits).toContain(line.split(': ')[1]);
}, 30_000);

test('a checker that does not see a file fails', async () => {
  const config = join(tree, '.dependency-cruiser.cjs');
  await appendFile(config, "\nmodule.exports.options.exclude = { path: '^src/lifecycle/' };\n");
  const { failed, lines } = await cruise();
  expect(failed).toBe(true);
  expect(lines[0]).toBe('the checker did not see 1 of 15 files, e.g. src/lifecycle/b.ts');
  await cp(join(root, '.dependency-cruiser.cjs'), config);
}, 30_000);
