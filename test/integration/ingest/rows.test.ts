import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blockAddresses } from '../../../src/db/queries/erased-addresses.ts';
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
beforeEach(() =>
  db.sql(
    'truncate developer_signups, company_enrichment, account_scores, erased_addresses, leads, connections cascade',
  ),
);

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

const people = () =>
  db.sql<Record<string, unknown>>(
    `select email, full_name, company_domain, signup_source, signup_date, is_company_email from developer_signups
     where org_id = $1 order by email`,
    [orgId],
  );

describe('signups', () => {
  const kind = 'signups';

  it('know their company by the address, and none by free mail, just as the generated column does', async () => {
    const free = ['gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'icloud.com'];
    await take(db, orgId, { kind }, ...[...free, 'acme.example', 'mygmail.com'].map((at) => ({ email: `A@${at}` })));
    for (const row of await people()) expect(row['company_domain'] !== null).toBe(row['is_company_email']);
    expect(await people()).toHaveLength(7);
    expect(await take(db, orgId, { kind }, { email: 'a@gmail.com', company_domain: 'https://ACME.example' })).toEqual([
      'updated',
    ]);
    expect(await people()).toEqual(
      expect.arrayContaining([expect.objectContaining({ email: 'a@gmail.com', company_domain: 'acme.example' })]),
    );
  });

  it('keep what a row leaves out, and give up what it takes back', async () => {
    const email = 'ada@acme.example';
    const first = {
      email,
      full_name: 'Ada',
      company_domain: 'other.example',
      signup_source: 'github',
      signup_date: '2026-01-02',
    };
    await take(db, orgId, { kind }, first);
    expect(await take(db, orgId, { kind }, { email })).toEqual(['unchanged']);
    expect(await take(db, orgId, { kind }, { email, full_name: null, company_domain: '', signup_date: null })).toEqual([
      'updated',
    ]);
    expect(await people()).toMatchObject([
      { full_name: null, company_domain: 'acme.example', signup_source: 'github', signup_date: new Date('2026-01-02') },
    ]);
  });

  it('of one batch that are the same person are one, and the last that names a field counts', async () => {
    const email = 'ada@acme.example';
    const rows = [
      { email, full_name: 'A' },
      { email: 'ADA@acme.example', signup_source: 'google' },
      { email, full_name: 'Ada' },
    ];
    expect(await take(db, orgId, { kind }, ...rows)).toEqual(['created', 'created', 'created']);
    expect(await people()).toMatchObject([{ full_name: 'Ada', signup_source: 'google' }]);
  });

  it('hold NUL and half characters in no column', async () => {
    await take(db, orgId, { kind }, { email: 'ada@acme.example', full_name: 'A\u0000d\ud800a' });
    expect(await people()).toMatchObject([{ full_name: 'Ad\ufffda' }]);
  });
});

describe('usage', () => {
  const kind = 'usage';
  const email = 'ada@acme.example';
  const history = () =>
    db.sql<Record<string, unknown>>(
      `select captured_at::date as day, api_calls_30d as calls, api_calls_prev_30d as before, api_call_growth_pct as growth,
         project_count as projects, uses_auth as auth, billing_tier as tier
       from internal_signals where org_id = $1 order by captured_at`,
      [orgId],
    );

  it('of an unknown address makes the signup, as old as its oldest snapshot', async () => {
    await take(db, orgId, { kind }, { email, captured_at: '2026-03-01' }, { email, captured_at: '2026-02-01' });
    expect(await people()).toMatchObject([
      { email, company_domain: 'acme.example', signup_source: null, signup_date: new Date('2026-02-01') },
    ]);
  });

  it('is a whole snapshot: what it leaves out is unknown, not the default of the column', async () => {
    await take(db, orgId, { kind }, { email, captured_at: '2026-11-01', project_count: 3, uses_auth: true });
    await take(db, orgId, { kind }, { email, captured_at: '2026-11-01', api_calls_30d: 5 });
    expect(await history()).toMatchObject([{ calls: 5, projects: null, auth: null, tier: null, before: null }]);
  });

  it('that says the same as the latest is no new snapshot, until something is different', async () => {
    const at = (day: string) => ({ kind, at: `2026-11-${day}T00:00:00Z` }) as const;
    expect(await take(db, orgId, at('01'), { email, api_calls_30d: 5 })).toEqual(['created']);
    expect(await take(db, orgId, at('02'), { email, api_calls_30d: 5 })).toEqual(['unchanged']);
    expect(await take(db, orgId, at('03'), { email, api_calls_30d: 6 })).toEqual(['created']);
    expect(await take(db, orgId, at('04'), { email, api_calls_30d: 5 })).toEqual(['created']);
    expect((await history()).map(({ day, calls }) => [day, calls])).toEqual([
      ['2026-11-01', 5],
      ['2026-11-03', 6],
      ['2026-11-04', 5],
    ]);
  });

  it('in the same batch as what it repeats is no new snapshot either', async () => {
    const rows = [
      { email, api_calls_30d: 5 },
      { email, api_calls_30d: 5, captured_at: '2026-11-20' },
    ];
    expect(await take(db, orgId, { kind }, ...rows)).toEqual(['unchanged', 'created']);
  });

  it('takes the month before from history, nearest to 30 days, and keeps what is said', async () => {
    await take(db, orgId, { kind }, { email, captured_at: '2026-10-20', api_calls_30d: 100 });
    await take(db, orgId, { kind }, { email, captured_at: '2026-10-23', api_calls_30d: 200 });
    await take(db, orgId, { kind }, { email, captured_at: '2026-10-30', api_calls_30d: 999 });
    await take(db, orgId, { kind }, { email, captured_at: '2026-11-22', api_calls_30d: 300 });
    expect((await history()).at(-1)).toMatchObject({ calls: 300, before: 200, growth: 50 });
    expect(await take(db, orgId, { kind }, { email, captured_at: '2026-11-22', api_calls_30d: 300 })).toEqual([
      'unchanged',
    ]);
    const said = { email, captured_at: '2026-11-22', api_calls_30d: 300, api_calls_prev_30d: 150 };
    expect(await take(db, orgId, { kind }, said, { ...said, captured_at: '2027-03-01' })).toEqual([
      'updated',
      'future',
    ]);
    expect((await history()).at(-1)).toMatchObject({ before: 150, growth: 100 });
    expect(await take(db, orgId, { kind }, { email, captured_at: '2026-11-22', api_calls_30d: 300 })).toEqual([
      'unchanged',
    ]);
  });

  it('that is corrected corrects what was taken from it, and nothing that was said', async () => {
    await take(db, orgId, { kind }, { email, captured_at: '2026-10-01', api_calls_30d: 100 });
    await take(db, orgId, { kind }, { email, captured_at: '2026-10-31', api_calls_30d: 300 });
    await take(db, orgId, { kind }, { email, captured_at: '2026-11-01', api_calls_30d: 300, api_calls_prev_30d: 100 });
    const before = async () => (await history()).map((row) => row['before']);
    expect(await before()).toEqual([null, 100, 100]);
    await take(db, orgId, { kind }, { email, captured_at: '2026-10-01', api_calls_30d: 150 });
    expect(await before()).toEqual([null, 150, 100]);
  });

  it('that comes in another order, at once or again, ends as if it came in its own', async () => {
    const days = ['2026-11-20', '2026-10-21', '2026-09-21', '2026-08-22'];
    const rows = days.map((captured_at, index) => ({ email, captured_at, api_calls_30d: 100 * (index + 1) }));
    const expected = [
      ['2026-08-22', 400, null],
      ['2026-09-21', 300, 400],
      ['2026-10-21', 200, 300],
      ['2026-11-20', 100, 200],
    ];
    const told = async () => (await history()).map(({ day, calls, before }) => [day, calls, before]);
    await take(db, orgId, { kind }, ...rows);
    expect(await told()).toEqual(expected);
    await db.sql('truncate developer_signups cascade');
    for (const row of rows) await take(db, orgId, { kind }, row);
    expect(await told()).toEqual(expected);
    const image = await imageOf(db);
    expect(await take(db, orgId, { kind }, ...rows.toReversed())).toEqual(rows.map(() => 'unchanged'));
    expect(await imageOf(db)).toEqual(image);
  });
});

describe('companies', () => {
  const kind = 'companies';
  const domain = 'acme.example';
  const known = async () =>
    (
      await db.sql<Record<string, unknown>>(
        `select company_name, industry, employee_count, tech_stack, imported from company_enrichment where org_id = $1`,
        [orgId],
      )
    )[0];

  /** As a CRM says it where the import goes before it, but for the name. */
  const inCrm = async (said: object): Promise<void> => {
    const rules = Object.keys(said).map((to) => ({
      from: [to],
      to,
      transform: [],
      conflict: to === 'company_name' ? 'crm' : 'ours',
    }));
    const definition = { objects: { companies: { in: rules, out: [] } }, counters: {}, events: [] };
    await db.sql(
      `with crm as (insert into connections (org_id, name, kind) values ($1, 'crm', 'hubspot') returning id),
         mapping as (insert into field_mappings (org_id, connection_id, version, definition, active)
           select $1, id, 1, $2, true from crm)
       insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version)
       select $1, id, 'companies', '1', 'company', now(), '{}', $3, 1 from crm`,
      [orgId, definition, { ...said, company_domain: domain }],
    );
  };

  it('keep what a row leaves out, and null takes back what was imported, so that the CRM shows again', async () => {
    await take(db, orgId, { kind }, { domain, company_name: 'Acme', industry: 'Tools', tech_stack: 'AWS; Auth0;AWS' });
    await inCrm({ company_name: 'ACME Inc', industry: 'CRM', employee_count: 7 });
    expect(await take(db, orgId, { kind }, { domain, employee_count: '12' })).toEqual(['updated']);
    expect(await known()).toMatchObject({
      company_name: 'ACME Inc',
      industry: 'Tools',
      employee_count: 12,
      tech_stack: ['AWS', 'Auth0'],
    });
    expect(await take(db, orgId, { kind }, { domain, employee_count: null, industry: null, tech_stack: null })).toEqual(
      ['updated'],
    );
    expect(await known()).toEqual({
      company_name: 'ACME Inc',
      industry: 'CRM',
      employee_count: 7,
      tech_stack: [],
      imported: { company_name: 'Acme' },
    });
    expect(await take(db, orgId, { kind }, { domain, industry: null })).toEqual(['unchanged']);
  });

  it('are made by stakeholders and signals that come first, and by no other organisation’s', async () => {
    await take(db, umbrella, { kind: 'stakeholders' }, stakeholder);
    expect(await known()).toBeUndefined();
    await take(db, orgId, { kind: 'expansion-signals' }, { ...signal, company_domain: domain });
    expect(await known()).toMatchObject({ company_name: null, employee_count: null, imported: {} });
    expect(await take(db, orgId, { kind }, { domain, company_name: 'Acme' })).toEqual(['updated']);
  });
});

describe('stakeholders and signals', () => {
  it('are told by their id where they have one, so that a name may change', async () => {
    const kind = 'stakeholders';
    const row = { ...stakeholder, external_id: '7' };
    expect(await take(db, orgId, { kind }, row, { ...row, full_name: 'Sarah Kim-Park' }, stakeholder)).toEqual([
      'created',
      'created',
      'created',
    ]);
    expect(await take(db, orgId, { kind }, { ...row, full_name: 'S. Kim', title: null })).toEqual(['updated']);
    const rows = await db.sql('select full_name, title, is_technical from stakeholders where external_id is not null');
    expect(rows).toEqual([{ full_name: 'S. Kim', title: null, is_technical: false }]);
  });

  it('of one name in two cases are one', async () => {
    const kind = 'stakeholders';
    const rows = ['Sarah Kim', 'SARAH KIM', 'sarah kim'].map((full_name) => ({ ...stakeholder, full_name }));
    await take(db, orgId, { kind }, ...rows);
    expect(await db.sql('select full_name from stakeholders')).toEqual([{ full_name: 'sarah kim' }]);
  });

  it('are the same news only on the same day; without a strength they are medium', async () => {
    const kind = 'expansion-signals';
    const other = { ...signal, signal_date: '2026-11-04' };
    const { signal_date: _, ...undated } = signal;
    expect(await take(db, orgId, { kind }, signal, other, undated, { ...signal, signal_title: 'SERIES B' })).toEqual([
      'created',
      'created',
      'created',
      'created',
    ]);
    const rows = await db.sql<{ strength: string }>('select signal_strength as strength from expansion_signals');
    expect(rows.map(({ strength }) => strength)).toEqual(['medium', 'medium', 'medium']);
  });
});

describe('people who were erased', () => {
  it('stay so, whoever sends what of them', async () => {
    await db.database.transaction(orgId, (tx) => blockAddresses(tx, ['marcus@velocitypay.example']));
    expect(await take(db, orgId, { kind: 'signups' }, signup, { email: 'ada@acme.example' }, signup)).toEqual([
      'erased',
      'created',
      'erased',
    ]);
    expect(await take(db, orgId, { kind: 'usage' }, usage)).toEqual(['erased']);
    expect(await people()).toMatchObject([{ email: 'ada@acme.example' }]);
    expect(await take(db, umbrella, { kind: 'signups' }, signup)).toEqual(['created']);
  });
});
