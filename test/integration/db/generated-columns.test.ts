import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrgId } from '../../../src/model/values.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let orgId: OrgId;
beforeAll(async () => {
  db = await testDatabase();
  orgId = await db.org('acme');
  await db.sql(
    `insert into developer_signups (org_id, email) select $1, i || '@acme.io' from generate_series(1, 400) i`,
    [orgId],
  );
});
afterAll(async () => db[Symbol.asyncDispose]());

const components = ['company', 'usage', 'expansion', 'champion', 'timing'];
const score = fc.integer({ min: 0, max: 100 });
const weightPercent = fc.integer({ min: 0, max: 100 });
const line = fc.tuple(
  fc.array(score, { minLength: 5, maxLength: 5 }),
  fc.oneof(fc.constant([25, 30, 20, 15, 10]), fc.array(weightPercent, { minLength: 5, maxLength: 5 })),
);

/** The formula of the seed, in whole hundredths: no binary fraction may decide a tier. Halves round up. */
function expected([scores, weights]: readonly [readonly number[], readonly number[]]): { total: number; tier: string } {
  const hundredths = scores.reduce((sum, points, index) => sum + points * weights[index]!, 0);
  const tier = hundredths >= 8000 ? 'hot' : hundredths >= 6000 ? 'warm' : hundredths >= 4000 ? 'nurture' : 'monitor';
  return { total: Math.floor((hundredths + 50) / 100), tier };
}

const names = [...components.map((name) => `${name}_score`), ...components.map((name) => `${name}_weight`)];
const insert = `
  with lines as (select *, row_number() over () as n from jsonb_to_recordset($2::jsonb)
    as l (${components.map((name) => `${name}_score int, ${name}_weight numeric`).join(', ')}, i int)),
  developers as (select id, row_number() over (order by id) as n from developer_signups where org_id = $1)
  insert into lead_scores (org_id, developer_id, ${names.join(', ')})
  select $1, d.id, ${names.join(', ')} from lines l join developers d using (n) order by l.i`;

test('total and tier are the formula, for any scores and weights', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 400 }), async (lines) => {
      const rows = lines.map(([scores, weights], i) => ({
        i,
        ...Object.fromEntries(components.map((name, c) => [`${name}_score`, scores[c]])),
        // As decimal text: 0.07 × 100 must stay 7.
        ...Object.fromEntries(components.map((name, c) => [`${name}_weight`, (weights[c]! / 100).toFixed(2)])),
      }));
      await db.sql('delete from lead_scores');
      await db.sql(insert, [orgId, JSON.stringify(rows)]);
      const stored = await db.sql<Record<string, number>>(
        `select ${names.join(', ')}, total_score, tier from lead_scores`,
      );
      expect(stored).toHaveLength(lines.length);
      for (const row of stored) {
        const scores = components.map((name) => row[`${name}_score`]!);
        const weights = components.map((name) => Math.round(row[`${name}_weight`]! * 100));
        expect({ total: row['total_score'], tier: row['tier'] }).toEqual(expected([scores, weights]));
      }
    }),
    { numRuns: 25 },
  );
});

test.each([
  [[85, 95, 90, 80, 85], 88, 'hot'],
  [[80, 80, 80, 80, 80], 80, 'hot'],
  // 79.50 is shown as 80 and is not hot: the tier is read from the unrounded total.
  [[80, 80, 80, 80, 75], 80, 'warm'],
  [[60, 60, 60, 60, 60], 60, 'warm'],
  [[40, 40, 40, 40, 40], 40, 'nurture'],
  [[0, 0, 0, 0, 0], 0, 'monitor'],
])('components %j give %i, %s', async (scores, total, tier) => {
  await db.sql('delete from lead_scores');
  const [row] = await db.sql(
    `insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select org_id, id, $2, $3, $4, $5, $6 from developer_signups where org_id = $1 limit 1 returning total_score, tier`,
    [orgId, ...scores],
  );
  expect(row).toEqual({ total_score: total, tier });
});

test('generated columns are not written by hand', async () => {
  const attempt = db.sql(
    `insert into lead_scores (org_id, developer_id, total_score) select org_id, id, 99 from developer_signups limit 1`,
  );
  await expect(attempt).rejects.toMatchObject({ code: '428C9' });
});
