import { expect, test } from 'vitest';
import { untoldAccount } from '../../src/connector-sdk/daily-pool.ts';
import type { QuotaRow } from '../../src/db/queries/read-quotas.ts';
import { quotaStateOf } from '../../src/quota-state.ts';

const noon = new Date('2026-11-22T12:00:00Z');
const midnight = new Date('2026-11-23T00:00:00Z');

const row: QuotaRow = {
  connectionId: '11111111-1111-4111-8111-111111111111',
  connection: 'acme-hubspot',
  quota: { dailyShare: 0.5, stopAtOrgUse: 0.8, urgentReserve: 0.2, dailyLimit: null },
  pool: {
    day: 1,
    endsAt: midnight,
    used: 10,
    account: { ...untoldAccount, max: 100, remaining: 85, observedAt: noon },
  },
  midnight,
  resumeAt: null,
  waiting: [
    { priority: 0, count: 3 },
    { priority: 2, count: 40 },
  ],
};
const used = (calls: number): QuotaRow => ({ ...row, pool: { ...row.pool!, used: calls } });

test('a pool with calls left makes nothing wait', () => {
  expect(quotaStateOf(row, noon)).toEqual({
    connectionId: row.connectionId,
    connection: 'acme-hubspot',
    pool: {
      max: 100,
      share: 50,
      used: 10,
      left: 30,
      leftForUrgent: 40,
      reserve: 10,
      resetAt: midnight,
      accountRemaining: 85,
      observedAt: noon,
    },
    waiting: row.waiting,
    waits: null,
  });
});

test('a pool that is dry but for its reserve makes all wait that is not urgent', () => {
  expect(quotaStateOf(used(40), noon).waits).toEqual({ reason: 'reserve', until: midnight, pushes: 40 });
});

test('a share that is used up makes everything wait until the reset', () => {
  const state = quotaStateOf(used(50), noon);
  expect(state.waits).toEqual({ reason: 'share', until: midnight, pushes: 43 });
  expect(state.pool).toMatchObject({ left: 0, leftForUrgent: 0 });
});

test('an account that others have used up makes everything wait until we look again', () => {
  const account = { ...row.pool!.account, remaining: 20 };
  expect(quotaStateOf({ ...row, pool: { ...row.pool!, account } }, noon).waits).toEqual({
    reason: 'account',
    until: new Date('2026-11-22T13:00:00Z'),
    pushes: 43,
  });
});

test('a CRM that refused by itself is waited for as long as it said', () => {
  const resumeAt = new Date('2026-11-22T12:30:00Z');
  expect(quotaStateOf({ ...row, resumeAt }, noon).waits).toEqual({ reason: 'crm', until: resumeAt, pushes: 43 });
  expect(quotaStateOf({ ...row, resumeAt }, resumeAt).waits).toBeNull();
});

test('after the reset the pool is whole, whoever has looked at it since', () => {
  const next = new Date('2026-11-24T00:00:00Z');
  const state = quotaStateOf({ ...used(50), midnight: next }, midnight);
  expect(state.waits).toBeNull();
  expect(state.pool).toMatchObject({ used: 0, left: 40, accountRemaining: null, resetAt: next });
});

test('a day of unknown size has no end of calls, but they are counted', () => {
  const account = untoldAccount;
  const state = quotaStateOf({ ...row, pool: { ...row.pool!, account } }, noon);
  expect(state.pool).toMatchObject({ max: null, share: null, left: null, leftForUrgent: null, reserve: 0, used: 10 });
  expect(state.waits).toBeNull();
});

test('a connection that never made a call has no pool', () => {
  expect(quotaStateOf({ ...row, pool: null }, noon)).toMatchObject({ pool: null, waits: null, waiting: row.waiting });
});
