import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { ScoringProfile } from '../../../src/model/profile.ts';
import { defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { testDatabase } from '../../support/database.ts';
import { openOn } from '../../support/loop-app.ts';
import { addVelocityPay, productOf } from '../../support/product.ts';

const marcus = 'marcus.chen@velocitypay.io';

async function setUp() {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const orgId = await db.org('acme');
  const app = stack.use(await openOn({ db }));
  const directory = await mkdtemp(join(tmpdir(), 'leadloop-weights-'));
  stack.defer(async () => rm(directory, { recursive: true, force: true }));
  const product = productOf({ db, orgId });
  const apply = async (profile: ScoringProfile) => {
    const file = join(directory, 'leadloop.yaml');
    await writeFile(
      file,
      stringify({ orgs: [{ slug: 'acme', profiles: [profile] }] }, { aliasDuplicateObjects: false }),
    );
    return app.apply(file, { dryRun: false });
  };
  const kept = stack.move();
  return { db, app, product, apply, [Symbol.asyncDispose]: async () => kept.disposeAsync() };
}

const weighing = (...percents: number[]): ScoringProfile => ({
  ...defaultPlgProfile,
  components: defaultPlgProfile.components.map((one, index) => ({ ...one, weightPercent: percents[index]! })),
});

test('weights that are applied count in every row and every query at once, before anything is scored again', async () => {
  await using side = await setUp();
  const { db, product, apply } = side;
  await addVelocityPay(product);
  await apply(defaultPlgProfile);
  await product.rescore();
  expect(await product.score(marcus)).toMatchObject({ total: 88, tier: 'hot' });
  await apply(weighing(0, 0, 0, 90, 10));
  // 80 × 0.9 + 85 × 0.1 = 80.5
  for (const score of [await product.score(marcus), await product.account('velocitypay.io')])
    expect(score).toMatchObject({ points: [85, 95, 90, 80, 85], total: 81, tier: 'hot' });
  expect(await db.sql('select total_score, tier from lead_dashboard')).toEqual([{ total_score: 81, tier: 'hot' }]);
  await apply(weighing(0, 0, 0, 100, 0));
  expect(await product.score(marcus)).toMatchObject({ total: 80 });
  await product.rescore();
  expect(await product.score(marcus)).toMatchObject({ total: 80, points: [85, 95, 90, 80, 85] });
});

test('a preview of a product profile tells what would change, and changes nothing', async () => {
  await using side = await setUp();
  const { app, product } = side;
  await addVelocityPay(product);
  await product.rescore();
  const preview = await app.scorePreview(weighing(0, 0, 0, 100, 0), {
    org: null,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(preview).toMatchObject({ kind: 'plg', leads: 1, changed: 1, movers: [{ before: 88, after: 80 }] });
  expect(await product.score(marcus)).toMatchObject({ total: 88 });
});

test('what somebody wrote into the tables by hand is found and scored by `score run`', async () => {
  await using side = await setUp();
  const { app, product } = side;
  await addVelocityPay(product);
  const run = { org: null, signal: new AbortController().signal, onProgress: () => undefined };
  expect(await app.scoreRun(run)).toEqual([{ org: 'acme', signups: 1, leads: 1 }]);
  expect(await product.score(marcus)).toMatchObject({ total: 88, tier: 'hot' });
  const explanation = await app.explain(marcus, run.signal);
  expect(explanation?.breakdowns).toMatchObject([{ profile: { kind: 'mql' } }]);
  expect(explanation?.product).toMatchObject({
    signups: [{ source: 'github', isCompanyEmail: true, breakdown: { total: 88, tier: 'hot', confidence: 100 } }],
    account: {
      domain: 'velocitypay.io',
      companyName: 'VelocityPay',
      people: 1,
      topSharePct: 100,
      topName: 'Marcus Chen',
    },
  });
});

test('signals that are a year old have faded, and the clock alone brings it about', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  let now = new Date();
  const product = productOf({ db, orgId }, () => now);
  await addVelocityPay(product);
  await product.rescore();
  expect(await product.score(marcus)).toMatchObject({ total: 88, confidence: 100 });
  now = new Date(now.getTime() + 365 * 86_400_000);
  await product.rescore();
  const faded = (await product.score(marcus))!;
  // Usage that nobody has seen for a year is unknown, and three strong signals are a shadow of themselves.
  expect(faded.points[0]).toBe(85);
  expect(faded.points[1]).toBe(0);
  expect(faded.points[2]).toBeLessThan(20);
  expect(faded.tier).not.toBe('hot');
  expect(faded.confidence).toBeLessThan(75);
});
