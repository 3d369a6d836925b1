import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IngestKind } from '../../../src/ingest/rows.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { imageOf, take } from '../../support/ingest.ts';

let db: TestDatabase;
let orgId: OrgId;
let umbrella: OrgId;

beforeAll(async () => {
  db = await testDatabase();
  [orgId, umbrella] = await db.twoOrgs();
});
afterAll(() => db[Symbol.asyncDispose]());
beforeEach(() => db.sql('truncate developer_signups, company_enrichment, erased_addresses cascade'));

const signup = { email: 'Marcus@VelocityPay.example', full_name: 'Marcus Chen', signup_source: 'GitHub' };
const usage = { email: 'marcus@velocitypay.example', project_count: 4, billing_tier: 'pro', api_calls_30d: 2_800_000 };
const company = {
  domain: 'https://www.velocitypay.example/',
  company_name: 'VelocityPay',
  tech_stack: ['AWS', 'Auth0'],
};
const stakeholder = { company_domain: 'velocitypay.example', full_name: 'Sarah Kim', title: 'VP of Engineering' };
const signal = {
  company_domain: 'velocitypay.example',
  signal_type: 'funding',
  signal_title: 'Series B',
  signal_date: '2026-11-03',
};

const samples: readonly (readonly [IngestKind, object, object])[] = [
  ['signups', signup, { full_name: 'Marcus B. Chen' }],
  ['usage', { ...usage, captured_at: '2026-11-20' }, { project_count: 5 }],
  ['usage', usage, { project_count: 5 }],
  ['companies', company, { industry: 'Finance' }],
  ['stakeholders', stakeholder, { is_technical: true }],
  ['expansion-signals', signal, { signal_strength: 'high' }],
];

describe.each(samples)('%s %j', (kind, row, change) => {
  it('is created, then unchanged with nothing written, then updated', async () => {
    expect(await take(db, orgId, { kind }, row)).toEqual(['created']);
    const image = await imageOf(db);
    expect(await take(db, orgId, { kind }, row)).toEqual(['unchanged']);
    expect(await take(db, orgId, { kind, at: '2026-11-23T12:00:00Z' }, row, row)).toEqual(['unchanged', 'unchanged']);
    expect(await imageOf(db)).toEqual(image);
    const changed = { ...row, ...change };
    const isNewSnapshot = kind === 'usage' && !('captured_at' in row);
    expect(await take(db, orgId, { kind, at: '2026-11-24T12:00:00Z' }, changed)).toEqual([
      isNewSnapshot ? 'created' : 'updated',
    ]);
    expect(await imageOf(db)).not.toEqual(image);
    expect(await take(db, orgId, { kind, at: '2026-11-25T12:00:00Z' }, changed)).toEqual(['unchanged']);
  });

  it('is of its organisation alone', async () => {
    await take(db, orgId, { kind }, row);
    const before = await imageOf(db);
    expect(await take(db, umbrella, { kind }, row)).toEqual(['created']);
    const after = await imageOf(db);
    for (const [table, rows] of Object.entries(before as Record<string, unknown[]>)) {
      expect((after as Record<string, unknown[]>)[table]).toEqual(expect.arrayContaining(rows));
    }
  });

  it('a bad one is named by its place and reason, and the others land', async () => {
    const key = Object.keys(row)[0]!;
    const wrong = { ...row, [key]: 'nothing of the kind' };
    const outcomes = await take(
      db,
      orgId,
      { kind },
      wrong,
      row,
      'text',
      { ...row, nothing: 1 },
      { ...row, [key]: null },
      row,
    );
    expect(outcomes).toEqual(['invalid', 'created', 'not-a-row', 'unknown-field', 'missing', 'created']);
  });
});
