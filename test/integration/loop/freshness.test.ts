import { describe, expect, test } from 'vitest';
import { freshness } from '../../../src/metrics/gauges/freshness.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { addVelocityPay, productOf } from '../../support/product.ts';

const small = { sandbox: { contacts: 8 }, pull: { objects: [] } };
const visits = (n: number) => ({ hs_analytics_num_visits: String(n), hs_email_click: String(n) });

interface Write {
  readonly record: string;
  readonly changedAt: Date;
  readonly settledAt: Date;
}

/** What was written because the CRM had changed. */
const writes = ({ db }: Pick<Loop, 'db'>): Promise<Write[]> =>
  db.sql(
    `select external_id as record, changed_at as "changedAt", settled_at as "settledAt" from push_ledger
     where changed_at is not null and outcome = 'applied' order by id`,
  );

const waiting = async ({ db }: Pick<Loop, 'db'>): Promise<(Date | null)[]> => {
  const rows = await db.sql<{ at: Date | null }>(
    `select changed_at as at from push_states where state in ('pending', 'claimed') order by 1`,
  );
  return rows.map(({ at }) => at);
};

/** A loop that has come to rest, and whose clock moves only by what the test says. */
async function atRest(options: Parameters<typeof startLoop>[0] = {}): Promise<Loop> {
  const loop = await startLoop({ ...small, ...options });
  loop.clock.hold();
  for (let turn = 0; turn < 2; turn += 1) {
    await loop.sync();
    loop.clock.advance(600_000);
  }
  return loop;
}

/** Changes a contact of the CRM now; the stamp that the CRM gives to it. */
function change(loop: Loop, nth: number, value: number): { readonly id: string; readonly at: Date } {
  const hands = handsOf(loop);
  const { id } = hands.living()[nth]!;
  hands.edit(id, visits(value));
  return { id: String(id), at: new Date(loop.crm.store.contacts.get(id)!.updatedAt) };
}

test('a change in the CRM is as fresh as the clock says when its score is back there', async () => {
  await using loop = await atRest();
  expect(await writes(loop)).toEqual([]);
  const { id, at } = change(loop, 2, 40);
  loop.clock.advance(42_000);
  await loop.sync();
  const now = new Date(loop.clock.now());
  expect(await writes(loop)).toEqual([{ record: id, changedAt: at, settledAt: now }]);
  const seconds = (now.getTime() - at.getTime()) / 1_000;
  expect(seconds).toBeGreaterThanOrEqual(42);
  const read = await loop.db.database.transaction(loop.orgId, (tx) => freshness.read(tx, now));
  expect(read).toEqual(
    ['0.5', '0.95', '0.99'].map((quantile) => ({ connection: loop.name, quantile, value: seconds })),
  );
  expect(await waiting(loop)).toEqual([]);
  const later = new Date(now.getTime() + 3_600_000);
  expect(await loop.db.database.transaction(loop.orgId, (tx) => freshness.read(tx, later))).toEqual([]);
});

test('what a first read or a rescore writes has no freshness', async () => {
  await using loop = await atRest();
  const [{ before }] = (await loop.db.sql(`select count(*)::int as before from push_ledger`)) as [{ before: number }];
  expect(before).toBeGreaterThan(0);
  const [first, ...others] = defaultMqlProfile.components;
  const profile = { ...defaultMqlProfile, components: [{ ...first!, weightPercent: 50 }, ...others] };
  await loop.db.sql(
    `insert into org_scoring_profiles (org_id, kind, name, version, profile, active) values ($1, 'mql', 'half', 7, $2, true)`,
    [loop.orgId, JSON.stringify(profile)],
  );
  await loop.sync();
  const [{ after }] = (await loop.db.sql(`select count(*)::int as after from push_ledger`)) as [{ after: number }];
  expect(after).toBeGreaterThan(before);
  expect(await writes(loop)).toEqual([]);
});

test('of two changes that wait together the older counts', async () => {
  await using loop = await atRest();
  const older = change(loop, 2, 20);
  loop.clock.advance(30_000);
  await loop.sync({ pullOnly: true });
  expect(await waiting(loop)).toEqual([older.at]);
  const newer = change(loop, 2, 45);
  loop.clock.advance(30_000);
  await loop.sync({ pullOnly: true });
  expect(newer.at > older.at).toBe(true);
  expect(await waiting(loop)).toEqual([older.at]);
  await loop.sync();
  expect((await writes(loop)).map(({ changedAt }) => changedAt)).toEqual([older.at]);
});

test('a change whose write fell through keeps its stamp until a write arrives', async () => {
  await using loop = await atRest();
  const { id, at } = change(loop, 2, 40);
  loop.crm.faults.activate({ name: '503', path: '/batch/update$', count: 50 });
  expect((await loop.sync()).failure?.code).toBe('crm-unavailable');
  expect(await writes(loop)).toEqual([]);
  loop.crm.faults.clear();
  loop.clock.advance(900_000);
  await loop.sync();
  expect((await writes(loop)).map(({ record, changedAt }) => ({ record, changedAt }))).toEqual([
    { record: id, changedAt: at },
  ]);
});

test('a company that changes makes its people’s scores fresh, by its own stamp', async () => {
  await using loop = await atRest({ pull: { objects: [] } });
  const companies = handsOf(loop, 'companies');
  const [row] = await loop.db.sql<{ company: string }>(
    `select company_id as company from source_records where kind = 'lead' and company_id is not null limit 1`,
  );
  const id = Number(row!.company);
  companies.edit(id, { numberofemployees: '25000' });
  const at = new Date(loop.crm.store.table('companies').get(id)!.updatedAt);
  loop.clock.advance(20_000);
  await loop.sync();
  const stamps = (await writes(loop)).map(({ changedAt }) => changedAt.getTime());
  expect(stamps.length).toBeGreaterThan(0);
  expect(new Set(stamps)).toEqual(new Set([at.getTime()]));
});

describe('a company that people have signed up from', () => {
  /** At rest, with a score of the company in the CRM. */
  async function withAccount() {
    const loop = await startLoop({ sandbox: { contacts: 20 }, pull: { objects: [] } });
    const companies = handsOf(loop, 'companies');
    const company = companies.living().find(({ properties }) => properties['domain'] === 'velocitypay.io')!.id;
    const product = productOf(loop, () => new Date(loop.clock.now()));
    const signup = await addVelocityPay(product);
    await product.update({ developerIds: [signup] });
    loop.clock.hold();
    for (let turn = 0; turn < 2; turn += 1) {
      await loop.sync();
      loop.clock.advance(600_000);
    }
    return { loop, companies, company, product, signup };
  }

  const companyWrites = ({ db }: Pick<Loop, 'db'>) =>
    db.sql<{ record: string; changedAt: Date | null }>(
      `select distinct on (claim_token) external_id as record, changed_at as "changedAt" from push_ledger
       where object = 'companies' and outcome = 'applied' order by claim_token, changed_at nulls last`,
    );

  test('is fresh by the stamp of its own record when that has changed its score', async () => {
    const { loop, companies, company } = await withAccount();
    await using _ = loop;
    const before = await companyWrites(loop);
    expect(before.map(({ changedAt }) => changedAt)).toEqual([null]);
    companies.edit(company, { numberofemployees: '3' });
    const at = new Date(loop.crm.store.table('companies').get(company)!.updatedAt);
    loop.clock.advance(20_000);
    expect(await loop.sync()).toMatchObject({ failure: null });
    expect(await companyWrites(loop)).toContainEqual({ record: String(company), changedAt: at });
    expect(await companyWrites(loop)).toHaveLength(2);
  });

  test('has no freshness where usage that came in has changed its score', async () => {
    const { loop, product, signup } = await withAccount();
    await using _ = loop;
    await product.usage('marcus.chen@velocitypay.io', { project_count: 1 });
    await product.update({ developerIds: [signup] });
    await loop.sync();
    expect((await companyWrites(loop)).map(({ changedAt }) => changedAt)).toEqual([null, null]);
  });
});
