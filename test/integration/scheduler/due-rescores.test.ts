import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueRescores } from '../../../src/due-rescores.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let orgId: string;

beforeAll(async () => {
  db = await testDatabase();
  orgId = await db.org('acme');
});
afterAll(() => db[Symbol.asyncDispose]());
beforeEach(async () => {
  await db.sql('delete from connections');
  await db.sql('delete from org_scoring_profiles');
});

const isDue = async (at: string): Promise<boolean> =>
  (await db.database.operator((tx) => dueRescores(tx, new Date(at)))).includes(orgId);

async function profile(rescoredAt: string | null, { version = 1, active = true } = {}): Promise<void> {
  await db.sql(
    `insert into org_scoring_profiles (org_id, kind, name, version, profile, active, rescored_at)
     values ($1, 'mql', 'mql', $2, $3, $4, $5)`,
    [orgId, version, JSON.stringify(defaultMqlProfile), active, rescoredAt],
  );
}

const connection = (name: string, timezone: string) =>
  db.sql(`insert into connections (org_id, name, kind, settings) values ($1, $2, 'hubspot', $3)`, [
    orgId,
    name,
    JSON.stringify({ timezone }),
  ]);

test('without a connection the night ends at three in UTC, and each night counts once', async () => {
  await profile('2026-11-26T12:00:00Z');
  expect(await isDue('2026-11-27T02:59:59Z')).toBe(false);
  expect(await isDue('2026-11-27T03:00:00Z')).toBe(true);
  expect(await isDue('2026-11-27T23:00:00Z')).toBe(true);
  await db.sql(`update org_scoring_profiles set rescored_at = '2026-11-27T03:00:00Z'`);
  expect(await isDue('2026-11-27T03:00:01Z')).toBe(false);
  expect(await isDue('2026-11-28T02:59:59Z')).toBe(false);
  expect(await isDue('2026-11-28T03:00:00Z')).toBe(true);
});

test('a rescore before three belongs to the night before', async () => {
  await profile('2026-11-27T02:30:00Z');
  expect(await isDue('2026-11-27T02:45:00Z')).toBe(false);
  expect(await isDue('2026-11-27T03:00:00Z')).toBe(true);
});

test('a rescore that a clock ahead of ours has noted counts as none', async () => {
  await profile('2026-12-05T12:00:00Z');
  expect(await isDue('2026-11-27T12:00:00Z')).toBe(true);
  // A few seconds are no reason.
  expect(await isDue('2026-12-05T11:59:30Z')).toBe(false);
});

test('nights that nobody was there for are made good by one, at any hour', async () => {
  await profile('2026-11-20T12:00:00Z');
  expect(await isDue('2026-11-27T02:00:00Z')).toBe(true);
});

describe('the night is that of the connection', () => {
  test.each([
    { zone: 'America/New_York', rescored: '2026-11-26T17:00:00Z', before: '07:59:59', at: '08:00:00' },
    { zone: 'Asia/Tokyo', rescored: '2026-11-26T12:00:00Z', before: '17:59:59', at: '18:00:00' },
    { zone: 'Asia/Kathmandu', rescored: '2026-11-26T22:00:00Z', before: '21:14:59', at: '21:15:00' },
  ])('$zone', async ({ zone, rescored, before, at }) => {
    await connection('crm', zone);
    // Tokyo and Kathmandu are a day ahead at three: there the night of the 27th has been.
    await profile(zone.startsWith('Asia') ? '2026-11-26T22:00:00Z' : rescored);
    expect(await isDue(`2026-11-27T${before}Z`)).toBe(false);
    expect(await isDue(`2026-11-27T${at}Z`)).toBe(true);
  });

  test('of several the first of the alphabet, so that there is one night', async () => {
    await connection('a', 'Asia/Tokyo');
    await connection('b', 'America/New_York');
    await profile('2026-11-26T22:00:00Z');
    expect(await isDue('2026-11-27T07:59:59Z')).toBe(false);
    expect(await isDue('2026-11-27T08:00:00Z')).toBe(true);
  });
});

describe('when the clocks are changed the night comes once, at three of the wall clock', () => {
  test('spring: 23 hours after the one before', async () => {
    await connection('crm', 'America/New_York');
    // 8 March 2026, 02:00 becomes 03:00.
    await profile('2026-03-07T08:00:00Z');
    expect(await isDue('2026-03-08T06:59:59Z')).toBe(false);
    expect(await isDue('2026-03-08T07:00:00Z')).toBe(true);
    await db.sql(`update org_scoring_profiles set rescored_at = '2026-03-08T07:00:00Z'`);
    expect(await isDue('2026-03-09T06:59:59Z')).toBe(false);
    expect(await isDue('2026-03-09T07:00:00Z')).toBe(true);
  });

  test('autumn: 25 hours after the one before', async () => {
    await connection('crm', 'Europe/Berlin');
    // 25 October 2026, 03:00 becomes 02:00: three o'clock of summer time is two again.
    await profile('2026-10-24T01:00:00Z');
    expect(await isDue('2026-10-25T01:30:00Z')).toBe(false);
    expect(await isDue('2026-10-25T02:00:00Z')).toBe(true);
    await db.sql(`update org_scoring_profiles set rescored_at = '2026-10-25T02:00:00Z'`);
    expect(await isDue('2026-10-26T01:59:59Z')).toBe(false);
  });
});

test('a profile that nobody has scored with is due at once; one that is no longer in force is not', async () => {
  await profile('2026-11-27T03:00:00Z', { version: 1, active: false });
  await profile(null, { version: 2 });
  expect(await isDue('2026-11-27T04:00:00Z')).toBe(true);
  await db.sql(`update org_scoring_profiles set rescored_at = '2026-11-27T04:00:00Z' where version = 2`);
  await db.sql(`update org_scoring_profiles set rescored_at = null where version = 1`);
  expect(await isDue('2026-11-27T04:00:01Z')).toBe(false);
});

test('an organisation without a profile has nothing to be scored by', async () => {
  expect(await isDue('2026-11-27T04:00:00Z')).toBe(false);
});
