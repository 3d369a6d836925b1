// Wrong: a run kept scoring with a profile that had been replaced, time alone rescored nobody, a duplicate's past qualified a
// recycled lead again, and all people of a company were scored at once.
import { expect, test } from 'vitest';
import type { ScoringProfile } from '../../src/model/profile.ts';
import { defaultMqlProfile } from '../../src/scoring/defaults.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { startProxy } from '../support/loop-proxy.ts';

const pull = { objects: [] };

/** Puts a further version of the profile in force, as `apply` does. */
async function saveProfile({ db, orgId }: Loop, version: number, profile: ScoringProfile): Promise<void> {
  await db.sql('update org_scoring_profiles set active = false where org_id = $1', [orgId]);
  await db.sql(
    `insert into org_scoring_profiles (org_id, kind, name, version, profile, active) values ($1, 'mql', 'mql', $2, $3, true)`,
    [orgId, version, JSON.stringify(profile)],
  );
}

/** Titles earn three times what they earn by default. */
const generous: ScoringProfile = {
  ...defaultMqlProfile,
  components: defaultMqlProfile.components.map((component) => ({
    ...component,
    rules: component.rules.map((rule) =>
      rule.type === 'match'
        ? { ...rule, words: rule.words.map((word) => ({ ...word, points: word.points * 3 })) }
        : rule,
    ),
  })),
};

const fading: ScoringProfile = {
  ...defaultMqlProfile,
  components: defaultMqlProfile.components.map((component) => ({
    ...component,
    rules: component.rules.map((rule) =>
      rule.type === 'per-unit' && rule.of === 'content_downloads' ? { ...rule, decay: { halfLifeDays: 10 } } : rule,
    ),
  })),
};

async function scoreOf({ db }: Loop, email: string): Promise<number | undefined> {
  const [row] = await db.sql<{ lead_score: number }>('select lead_score from leads where email_key = $1', [email]);
  return row?.lead_score;
}

test('a run whose profile is replaced meanwhile ends as such and writes no old score; the next one is right', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 30 }, pull });
  const hands = handsOf(loop);
  const id = await hands.create({ email: 'ada@example.org', jobtitle: 'Director' });
  await saveProfile(loop, 1, defaultMqlProfile);
  await loop.sync();
  expect(await scoreOf(loop, 'ada@example.org')).toBe(10);
  hands.edit(id, { jobtitle: 'Manager' });
  loop.clock.advance(5_000);
  let replaced = false;
  await using proxy = await startProxy(loop.crm.url, {
    async before(path) {
      if (replaced || !path.includes('/contacts/search')) return;
      replaced = true;
      await saveProfile(loop, 2, generous);
    },
  });
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect(await loop.sync()).toMatchObject({ status: 'failed', failure: { code: 'rules-changed', recovery: 'retry' } });
  expect(await scoreOf(loop, 'ada@example.org')).toBe(10);
  expect((await loop.sync()).failure).toBeNull();
  expect(await scoreOf(loop, 'ada@example.org')).toBe(15);
  expect(await loop.db.sql('select distinct profile_version as version from score_breakdowns')).toEqual([
    { version: 2 },
  ]);
  expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).toBe('15');
  hands.edit(id, { jobtitle: 'Superintendent' });
  loop.clock.advance(5_000);
  await loop.sync();
  expect(await scoreOf(loop, 'ada@example.org')).toBe(30);
});

test('scores that fade are brought up to date by a sync when a day has passed, and not before', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: ['forms'], fullPassHours: 9_999 } });
  const hands = handsOf(loop);
  await saveProfile(loop, 1, fading);
  const id = await hands.create({ email: 'ada@example.org' });
  for (const _ of [1, 2, 3, 4]) hands.submit('Whitepaper Download', 'ada@example.org');
  await loop.sync();
  const fresh = await scoreOf(loop, 'ada@example.org');
  expect(fresh).toBe(20);
  loop.clock.advance(23 * 3_600_000);
  await loop.sync();
  expect(await scoreOf(loop, 'ada@example.org')).toBe(fresh);
  loop.clock.advance(9 * 86_400_000 + 3_600_000);
  await loop.sync();
  expect(await scoreOf(loop, 'ada@example.org')).toBe(10);
  expect(loop.crm.store.contacts.get(id)?.properties['leadloop_score']).toBe('10');
});

test('a recycled lead that absorbs a duplicate does not qualify again by what the duplicate did before', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull: { objects: ['forms'] } });
  const hands = handsOf(loop);
  const busy = { hs_email_click: '9', hs_email_open: '12', hs_analytics_num_visits: '15' };
  const recycled = await hands.create({ email: 'ada@example.org' });
  const duplicate = await hands.create({ email: 'ada@example.com' });
  hands.edit(recycled, busy);
  hands.edit(duplicate, { ...busy, recent_conversion_event_name: 'Request a Demo: Demo Request' });
  for (const _ of [1, 2, 3]) hands.submit('Whitepaper Download', 'ada@example.com');
  await loop.sync();
  loop.clock.advance(5_000);
  hands.edit(recycled, { hs_lead_status: 'BAD_TIMING' });
  await loop.sync();
  const statusOf = async (): Promise<unknown> =>
    loop.db.sql(
      `select l.status from leads l join source_records s on s.lead_id = l.id where s.kind = 'lead' and s.gone_at is null
       and l.email like 'ada@%'`,
    );
  expect(await statusOf()).toEqual(expect.arrayContaining([{ status: 'recycled' }, { status: 'mql' }]));
  loop.clock.advance(5_000);
  const merged = await hands.merge(recycled, duplicate);
  hands.edit(merged, { hs_lead_status: '' });
  for (const _ of ['merged', 'settled']) {
    loop.clock.advance(200_000);
    await loop.sync();
    expect(await statusOf()).toEqual([{ status: 'recycled' }]);
  }
  hands.edit(merged, { hs_email_click: '40' });
  loop.clock.advance(5_000);
  await loop.sync();
  expect(await statusOf()).toEqual([{ status: 'mql' }]);
});

test('a company with thousands of people brings all of them up to date when it changes', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 2_700 }, pull, push: 'plan' });
  const { store } = loop.crm;
  const companies = store.table('companies');
  const [company] = [...companies.from(0)];
  const people = handsOf(loop).living().slice(0, 2_500);
  for (const { id, properties } of people) {
    const { district_enrollment: _, ...rest } = properties;
    handsOf(loop).edit(id, { ...rest, associatedcompanyid: String(company!.id) });
  }
  const describe = (numberofemployees: string): void =>
    store.update(
      companies,
      company!,
      { ...company!.properties, numberofemployees, district_enrollment: '' },
      store.stamp(),
    );
  describe('20');
  await loop.sync();
  loop.clock.advance(5_000);
  describe('4200');
  const report = await loop.sync();
  expect(report.failure).toBeNull();
  expect(report.counts.scored).toBeGreaterThanOrEqual(2_500);
  const [told] = await loop.db.sql<{ leads: number }>(
    `select count(*)::int as leads, count(*) filter (where l.employee_count = 4200)::int as current,
       count(*) filter (where p.wanted->>'leadloop_segment' = l.segment)::int as wanted
     from source_records s join leads l on l.id = s.lead_id
     join push_states p on p.external_id = s.external_id and p.object = s.object
     where s.object = 'contacts' and s.company_id = $1 and s.gone_at is null`,
    [String(company!.id)],
  );
  const { leads } = told!;
  expect(leads).toBeGreaterThanOrEqual(2_500);
  expect(told).toEqual({ leads, current: leads, wanted: leads });
});
