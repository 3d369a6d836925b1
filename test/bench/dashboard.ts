/** Pages of the dashboard among very many signups. */
import { type DashboardKey, readDashboard } from '../../src/db/queries/read-dashboard.ts';
import type { Tx } from '../../src/db/tx.ts';
import { explained } from '../support/plans.ts';
import { makeScores, makeSignups } from './made-signups.ts';
import type { BenchServer, Scene } from './scene.ts';

export interface DashboardSpeed {
  readonly signups: number;
  readonly pages: readonly PageSpeed[];
}

export interface PageSpeed {
  readonly page: string;
  readonly rows: number;
  /** The first time, and the median of several more. */
  readonly firstMs: number;
  readonly ms: number;
  /** The most that any step of the plan touches. */
  readonly touched: number;
}

const limit = 50;
const repeats = 7;
const all = { tier: null, companyDomain: null, minScore: null, after: null, limit };

export async function measureDashboard(
  server: BenchServer,
  signups: number,
  say: (line: string) => void,
): Promise<DashboardSpeed> {
  await using scene = await server.database();
  say(`dashboard: making ${signups} signups, eight to a company`);
  await makeSignups(scene, signups);
  await makeScores(scene, signups);
  const middle = await keyAt(scene, signups / 2);
  const last = await keyAt(scene, signups - limit - 1);
  const company = `company${Math.floor(signups / 16)}.example`;
  const views: readonly (readonly [page: string, read: (tx: Tx) => Promise<readonly unknown[]>])[] = [
    ['first page', (tx) => readDashboard(tx, all)],
    ['page in the middle', (tx) => readDashboard(tx, { ...all, after: middle })],
    ['last page', (tx) => readDashboard(tx, { ...all, after: last })],
    ['of a tier', (tx) => readDashboard(tx, { ...all, tier: 'warm' })],
    ['of a tier, further on', (tx) => readDashboard(tx, { ...all, tier: 'nurture', after: middle })],
    ['of a company', (tx) => readDashboard(tx, { ...all, companyDomain: company })],
    ['from a score on', (tx) => readDashboard(tx, { ...all, minScore: 40 })],
    ['from a score on, last page', (tx) => readDashboard(tx, { ...all, minScore: last.score, after: last })],
    ['of a tier of a company', (tx) => readDashboard(tx, { ...all, tier: 'nurture', companyDomain: company })],
    ['the view, of a tier', (tx) => tx.query(`select * from lead_dashboard where tier = 'warm' limit ${limit}`)],
    [
      'the view, from a score on',
      (tx) => tx.query(`select * from lead_dashboard where total_score >= 40 limit ${limit}`),
    ],
    ['the view, scored', (tx) => tx.query(`select * from lead_dashboard where total_score is not null limit ${limit}`)],
    ['the view, whole', (tx) => tx.query(`select * from lead_dashboard limit ${limit}`)],
    [
      'the view, of a company',
      (tx) => tx.query(`select * from lead_dashboard where company_domain = $1 limit ${limit}`, [company]),
    ],
  ];
  const pages: PageSpeed[] = [];
  for (const [page, read] of views) {
    say(`dashboard: ${page}`);
    pages.push(await measurePage(scene, page, read));
  }
  return { signups, pages };
}

async function keyAt({ client }: Scene, place: number): Promise<DashboardKey> {
  const { rows } = await client.query<DashboardKey>(
    `select total_score as score, developer_id as "developerId" from lead_scores
     order by total_score desc nulls last, developer_id offset $1 limit 1`,
    [Math.floor(place)],
  );
  return rows[0]!;
}

async function measurePage(
  { database, orgId }: Scene,
  page: string,
  read: (tx: Tx) => Promise<readonly unknown[]>,
): Promise<PageSpeed> {
  const times: number[] = [];
  let rows = 0;
  for (let time = 0; time <= repeats; time += 1) {
    const start = performance.now();
    rows = (await database.transaction(orgId, read)).length;
    times.push(performance.now() - start);
    // Whole seconds are known well enough after two.
    if (time > 0 && performance.now() - start > 1_000) break;
  }
  const [firstMs = 0, ...more] = times;
  const ms = more.sort((a, b) => a - b)[Math.floor(more.length / 2)] ?? firstMs;
  const touched = await explained({ database, orgId }, read);
  return { page, rows, firstMs, ms, touched: Math.max(...touched.map((step) => step.rows)) };
}
