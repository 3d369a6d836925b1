import { expect, test } from 'vitest';
import { rescoreIfDue } from '../../../src/score-run.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { productOf } from '../../support/product.ts';
import { failingAt } from '../../support/source.ts';

const small = { sandbox: { contacts: 8 }, pull: { objects: [] }, push: 'auto' } as const;
const never = (): AbortSignal => new AbortController().signal;

const runs = ({ db }: Loop) =>
  db.sql<{ status: string; connection: string | null }>(
    `select status, connection_id as connection from sync_runs where kind = 'rescore' order by started_at`,
  );
const marks = ({ db }: Loop) =>
  db.sql<{ kind: string; isMarked: boolean }>(
    `select kind, rescored_at is not null as "isMarked" from org_scoring_profiles where active order by kind`,
  );

/** Another weight, so that scores differ. */
const heavier = {
  ...defaultMqlProfile,
  components: defaultMqlProfile.components.map((one) => ({ ...one, weightPercent: one.weightPercent / 2 })),
};

test('a new profile is one run of the organisation, and what it changes waits to be written', async () => {
  await using loop = await startLoop(small);
  const profiles = productOf(loop);
  await profiles.profile(defaultMqlProfile);
  await loop.sync();
  const before = loop.written();
  await profiles.profile(heavier);
  const ended = await rescoreIfDue(loop.services, loop.orgId, never());
  expect(ended).toMatchObject({ status: 'succeeded', counts: { scored: 8 } });
  expect(await runs(loop)).toEqual([{ status: 'succeeded', connection: null }]);
  expect(await marks(loop)).toEqual([{ kind: 'mql', isMarked: true }]);
  expect(loop.written()).toEqual(before);
  expect((await loop.sync({ isRescoring: false })).counts.pushed).toBeGreaterThan(0);
  expect(loop.written()).not.toEqual(before);
});

test('where neither profile nor time has changed a score there is no run, and the night counts as over', async () => {
  await using loop = await startLoop(small);
  await productOf(loop).profile(defaultMqlProfile);
  await loop.sync();
  await loop.db.sql(`update org_scoring_profiles set rescored_at = now() - interval '2 days'`);
  expect(await rescoreIfDue(loop.services, loop.orgId, never())).toBeNull();
  expect(await runs(loop)).toEqual([]);
  const [profile] = await loop.db.sql<{ at: Date }>(`select rescored_at as at from org_scoring_profiles`);
  expect(loop.clock.now() - profile!.at.getTime()).toBeLessThan(60_000);
});

test('a profile that fades with time is scored by each night, and the other one is marked beside it', async () => {
  await using loop = await startLoop(small);
  const profiles = productOf(loop);
  await profiles.profile(defaultMqlProfile);
  await profiles.profile(defaultPlgProfile);
  await loop.sync();
  for (let night = 0; night < 2; night += 1) {
    await loop.db.sql(`update org_scoring_profiles set rescored_at = now() - interval '2 days'`);
    expect(await rescoreIfDue(loop.services, loop.orgId, never())).toMatchObject({ status: 'succeeded' });
    const [old] = await loop.db.sql(`select 1 from org_scoring_profiles where rescored_at < now() - interval '1 day'`);
    expect(old).toBeUndefined();
  }
  expect(await runs(loop)).toHaveLength(2);
});

test('beside a sync that is under way it runs, and neither waits for the other', async () => {
  await using loop = await startLoop(small);
  await productOf(loop).profile(defaultMqlProfile);
  await loop.sync();
  await productOf(loop).profile(heavier);
  await using lock = await loop.db.database.lock(`connection ${loop.connectionId}`);
  expect(lock).not.toBeNull();
  expect(await rescoreIfDue(loop.services, loop.orgId, never())).toMatchObject({ status: 'succeeded' });
});

test('two at once are one', async () => {
  await using loop = await startLoop(small);
  await productOf(loop).profile(heavier);
  await using lock = await loop.db.database.lock(`org ${loop.orgId}`);
  expect(lock).not.toBeNull();
  await expect(rescoreIfDue(loop.services, loop.orgId, never())).rejects.toMatchObject({ code: 'run-active' });
});

test('stopped half-way it is still due, and the next one does all of it', async () => {
  await using loop = await startLoop(small);
  await productOf(loop).profile(defaultMqlProfile);
  await loop.sync();
  await productOf(loop).profile(heavier);
  const stop = new AbortController();
  // After the rules, the slug and the opening of the run the leads' first batch is the fourth transaction.
  const database = failingAt(loop.db.database, (nth) => {
    if (nth === 4) stop.abort(new DOMException('stopped', 'AbortError'));
    return false;
  });
  const ended = await rescoreIfDue({ ...loop.services, database }, loop.orgId, stop.signal);
  expect(ended).toMatchObject({ status: 'cancelled', failure: null });
  expect(await marks(loop)).toEqual([{ kind: 'mql', isMarked: false }]);
  expect(await rescoreIfDue(loop.services, loop.orgId, never())).toMatchObject({ counts: { scored: 8 } });
  expect((await runs(loop)).map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
  expect(await marks(loop)).toEqual([{ kind: 'mql', isMarked: true }]);
});
