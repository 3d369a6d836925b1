import { expect, onTestFinished, test } from 'vitest';
import { dueRescores } from '../../src/due-rescores.ts';
import { pause, resume } from '../../src/health/pause.ts';
import { isLegal, type Mover } from '../../src/lifecycle/transitions.ts';
import type { LeadStatus } from '../../src/model/lead.ts';
import type { WrittenValues } from '../support/loop-side.ts';
import { json, startScripted } from '../support/scripted-server.ts';
import { type SoakDaemon, startSoakDaemon } from '../support/soak-process.ts';
import { erasedADay, type SoakScene, startSoakScene } from '../support/soak-scene.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Half as often as the default, for the sake of minutes: a tick is half a second of work, whatever its clock says. */
const interval = 30 * minute;
const days = 10;
const start = Math.ceil(Date.now() / day) * day;
const at = (ofDay: number, ofHour: number): number => start + (ofDay - 1) * day + ofHour * hour;

/** What happens once. The CRM is away for three ticks, which open the breaker, and comes back before the fourth. */
const events = {
  newProfile: at(2, 10),
  pause: [at(3, 12), at(3, 14)],
  outage: [at(4, 9), at(4, 10.5)],
  credentials: [at(6, 9), at(6, 12)],
} as const;

/** Until what code and queries need for ever is there. */
const warmUpDays = 2;
/**
 * Objects that one more day may leave behind, by the slope of the last eight days: one for each instant of the schedule. Four
 * schedules fire then, so what keeps one object of each run leaves three times as many. Bytes would not show that: the collector's
 * own book-keeping sways by 1 MB.
 */
const objectsPerDay = day / interval;

// By `npm run soak`, on a machine that does nothing else: six minutes.
const isAsked = process.env['LEADLOOP_SOAK'] !== undefined;

test(
  'ten days of a daemon on a clock that is handed in leave memory, connections and timers as they were, and books that add up',
  { skip: !isAsked, timeout: 1_200_000 },
  async () => {
    await using scene = await startSoakScene(start);
    await using address = await startScripted((_, response) => json(response, 200, 'ok'));
    const daemon = await startSoakDaemon(scene.db, { alertUrl: address.url, start });
    onTestFinished(() => daemon.kill());
    scene.hook(daemon.url);
    const samples: number[] = [];
    const begins = ticksOf(events);
    let first: Open | null = null;
    for (let tick = start; tick < start + days * day; tick += interval) {
      scene.clock.advance(tick - scene.clock.now());
      daemon.moveTo(tick);
      await begins.get(tick)?.(scene);
      const isAway = tick >= events.outage[0] && tick < events.outage[1];
      if (tick % hour === 0 && !isAway) {
        await scene.happens();
        await scene.told();
      }
      daemon.tick(tick);
      await quiet(scene, tick);
      if ((tick + interval) % day > 0) continue;
      samples.push(await leastOf(daemon, tick));
      first ??= await openOf(scene, daemon, tick);
    }
    const end = start + days * day - interval;
    const last = await openOf(scene, daemon, end);
    await told(scene);
    expect(last.connections).toBe(first!.connections);
    // What waits (twenty workers for their turn, connections for the next use) sways; a leak of one a tick would be hundreds.
    expect(Object.entries(last.least).filter(([kind, n]) => n > (first!.most[kind] ?? 0))).toEqual([]);
    expect(slope(samples.slice(warmUpDays))).toBeLessThan(objectsPerDay);
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    daemon.stop(scene.clock.now());
    expect(await daemon.ended).toBe(0);
    expect(await connections(scene)).toBe(0);

    await eachTickOnce(scene, daemon);
    await runsAddUp(scene, daemon, metrics);
    await historyAddsUp(scene);
    await ledgerAgrees(scene);
    const titles = address.seen.map(({ body }) => (JSON.parse(body) as { text: string }).text.split('\n')[0]);
    expect(titles).toEqual([
      '*acme/hubspot is failing*',
      '*acme/hubspot works again*',
      '*umbrella/crm is paused*',
      '*umbrella/crm works again*',
    ]);
  },
);

function ticksOf({ newProfile, pause: paused, outage, credentials }: typeof events) {
  let restore = async (): Promise<void> => undefined;
  const services = ({ db }: SoakScene) => ({ database: db.database, now: () => new Date(paused[0]) });
  const salesforce = { org: 'acme', name: 'salesforce', direction: 'all' } as const;
  return new Map<number, (scene: SoakScene) => Promise<unknown>>([
    [newProfile, (scene) => scene.weighAnew()],
    [paused[0], (scene) => pause(services(scene), { ...salesforce, reason: 'sales cleans up' }, 'cli')],
    [paused[1], (scene) => resume(services(scene), salesforce, 'cli')],
    [outage[0], async ({ hubspot }) => hubspot.crm.faults.activate({ name: '503' })],
    [outage[1], async ({ hubspot }) => hubspot.crm.faults.clear()],
    [credentials[0], async (scene) => void (restore = await scene.loseCredentials())],
    [credentials[1], () => restore()],
  ]);
}

/** Waits until everything that is due at this tick is done. */
async function quiet({ db }: SoakScene, tick: number): Promise<void> {
  const began = Date.now();
  const now = new Date(tick);
  for (;;) {
    const open = await db.sql(unfinished, [now]);
    const orgs = await db.database.operator((tx) => dueRescores(tx, now));
    if (open.length === 0 && orgs.length === 0) return;
    if (Date.now() - began > 60_000)
      throw new Error(`${now.toISOString()} does not end: ${JSON.stringify({ open, orgs })}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const unfinished = `
  select 'tick of ' || name as what from connections c where (last_tick_at is null or last_tick_at < $1)
    and not exists (select from pauses p where p.org_id = c.org_id and p.connection_id = c.id)
  union all
  select 'tick of ' || name from data_sources where last_tick_at is null or last_tick_at < date_trunc('hour', $1::timestamptz)
  union all
  select 'wake-up of ' || name from pgboss.job where state < 'completed'
`;

/** Until each alert has been sent. */
async function told({ db }: SoakScene): Promise<void> {
  while ((await db.sql('select 1 from alerts where sent_at is null')).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const connections = async ({ db }: SoakScene): Promise<number> => {
  const own = `select 1 from pg_stat_activity where datname = current_database() and application_name in ('leadloop lock', 'leadloop queue')`;
  return (await db.sql(own)).length;
};

/** What keeps the process alive, by kind. */
interface Open {
  readonly least: Readonly<Record<string, number>>;
  readonly most: Readonly<Record<string, number>>;
  readonly connections: number;
}

/** Objects that are alive, without those that are on their way: the daemon looks around all the time. */
async function leastOf(daemon: SoakDaemon, tick: number): Promise<number> {
  const counts: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    counts.push((await daemon.sample(tick)).objects);
    await new Promise((resolve) => setTimeout(resolve, 70));
  }
  return Math.min(...counts);
}

/** While nothing is due: longer than connections are kept for the next one, 10 s of the pools and 5 s of HTTP. */
const idleMs = 16_000;

/** The least and the most that is open at a time: what is on its way or kept for a while comes and goes. */
async function openOf(scene: SoakScene, daemon: SoakDaemon, tick: number): Promise<Open> {
  const least: Record<string, number> = {};
  const most: Record<string, number> = {};
  const open: number[] = [];
  for (const end = Date.now() + idleMs; Date.now() < end;) {
    const { resources } = await daemon.sample(tick);
    for (const kind of new Set([...Object.keys(least), ...Object.keys(resources)])) {
      least[kind] = Math.min(least[kind] ?? Infinity, resources[kind] ?? 0);
      most[kind] = Math.max(most[kind] ?? 0, resources[kind] ?? 0);
    }
    open.push(await connections(scene));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { least, most, connections: Math.min(...open) };
}

/** Per step, by least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, n) => sum + (n - middle) * (value - mean), 0);
  return above / values.reduce((sum, _, n) => sum + (n - middle) ** 2, 0);
}

/** One run for each tick, or a word why there is none. */
async function eachTickOnce({ db }: SoakScene, { lines }: SoakDaemon): Promise<void> {
  const runs = await db.sql<{ name: string; kind: string; at: Date }>(
    `select coalesce(c.name, s.name) as name, r.kind, r.tick_at as at from sync_runs r
     left join connections c on c.id = r.connection_id left join data_sources s on s.id = r.source_id
     where r.tick_at is not null and r.status <> 'cancelled'`,
  );
  const held = lines.flatMap(({ message, at, fields }) => {
    if (message === 'not run') return [{ name: String(fields['connection']), at: new Date(at) }];
    return [];
  });
  const served = [...runs, ...held];
  for (const [name, every] of [
    ['hubspot', interval],
    ['salesforce', interval],
    ['crm', interval],
    ['product-usage', hour],
  ] as const) {
    const counts = new Map<number, number>();
    for (const one of served.filter((one) => one.name === name)) {
      const tick = one.at.getTime() - (one.at.getTime() % every);
      counts.set(tick, (counts.get(tick) ?? 0) + 1);
    }
    const wrong: string[] = [];
    for (let tick = start; tick < start + days * day; tick += every) {
      const isPaused = name === 'salesforce' && tick >= events.pause[0] && tick < events.pause[1];
      const count = counts.get(tick) ?? 0;
      if (isPaused ? count > 1 : count !== 1) wrong.push(`${new Date(tick).toISOString()}: ${count}`);
    }
    expect({ name, wrong }).toEqual({ name, wrong: [] });
  }
}

/** The table, the log and the metrics tell of the same runs. */
async function runsAddUp({ db }: SoakScene, { lines }: SoakDaemon, metrics: string): Promise<void> {
  const rows = await db.sql<{ what: string; runs: number }>(
    `select kind || ' ' || status as what, count(*)::int as runs from sync_runs group by 1`,
  );
  const stored = Object.fromEntries(rows.map(({ what, runs }) => [what, runs]));
  const logged: Record<string, number> = {};
  for (const { fields } of lines.filter(
    ({ fields }) => fields['runId'] !== undefined && fields['status'] !== undefined,
  )) {
    const what = `${String(fields['kind'])} ${String(fields['status'])}`;
    logged[what] = (logged[what] ?? 0) + 1;
  }
  const counted: Record<string, number> = {};
  for (const [, labels, count] of metrics.matchAll(/^leadloop_runs_total\{(.*)\} (\d+)$/gm)) {
    const [, kind, status] = /kind="(\w+)",status="(\w+)"/.exec(labels!)!;
    counted[`${kind} ${status}`] = (counted[`${kind} ${status}`] ?? 0) + Number(count);
  }
  expect(counted).toEqual(logged);
  // What attended to hints is forgotten after a week.
  const kept = ([what]: [string, number]): boolean => !what.startsWith('hints');
  expect(Object.fromEntries(Object.entries(stored).filter(kept))).toEqual(
    Object.fromEntries(Object.entries(logged).filter(kept)),
  );
  // Each organisation at its beginning and each night, and one when its profile has changed.
  expect(stored['rescore succeeded']).toBe(2 + 2 * days + 1);
  const [nights] = await db.sql<{ most: number }>(
    `select max(runs)::int as most from (select count(*) as runs from sync_runs
     where kind = 'rescore' and extract(hour from started_at at time zone 'UTC') = 3 group by org_id, started_at::date) r`,
  );
  expect(nights).toEqual({ most: 1 });
  const failed = await db.sql<{ code: string; name: string; at: Date }>(
    `select failure->>'code' as code, c.name, r.started_at as at from sync_runs r left join connections c on c.id = connection_id
     where r.status not in ('succeeded', 'partial')`,
  );
  const outside = failed.filter(({ name, at }) => {
    const [from, to] = name === 'hubspot' ? events.outage : events.credentials;
    return name === 'salesforce' || at.getTime() < from || at.getTime() >= to;
  });
  expect(outside).toEqual([]);
}

/** Each change of a score and of a status begins where the one before it ended, and the last one is what there is. */
async function historyAddsUp({ db }: SoakScene): Promise<void> {
  expect(
    await db.sql(`select * from (select h.*, lag(total) over (partition by lead_id, kind order by id) as last from score_history h) h
      where total_before is distinct from last`),
  ).toEqual([]);
  expect(
    await db.sql(`select b.lead_id, b.total, h.total as last from score_breakdowns b join leads l on l.id = b.lead_id
      join lateral (select total from score_history h where h.lead_id = b.lead_id and h.kind = 'mql' order by id desc limit 1) h on true
      where b.total <> h.total`),
  ).toEqual([]);
  const moves = await db.sql<{ lead: string; from: LeadStatus; to: LeadStatus; mover: Mover; status: LeadStatus }>(
    `select t.lead_id as lead, from_status as "from", to_status as "to", cause->>'type' as mover, l.status
     from lifecycle_transitions t join leads l on l.id = t.lead_id order by t.id`,
  );
  expect(moves.length).toBeGreaterThan(0);
  expect(moves.filter(({ from, to, mover }) => !isLegal(from, to, mover))).toEqual([]);
  for (const own of Map.groupBy(moves, ({ lead }) => lead).values()) {
    expect(own.map(({ from }) => from).slice(1)).toEqual(own.map(({ to }) => to).slice(0, -1));
    expect(own.at(-1)!.to).toBe(own[0]!.status);
  }
}

/** What we want a CRM to have is what it has. */
async function ledgerAgrees({ db, hubspot, salesforce, other }: SoakScene): Promise<void> {
  const states = await db.sql<{ connection: string; id: string; state: string; wanted: Record<string, unknown> }>(
    `select connection_id as connection, external_id as id, state, wanted from push_states p
     join source_records r using (org_id, connection_id, object, external_id) where r.gone_reason is null and r.successor_id is null`,
  );
  expect(states.length).toBeGreaterThan(0);
  expect(states.filter(({ state }) => state !== 'settled')).toEqual([]);
  const written = new Map<string, WrittenValues>(
    [hubspot, salesforce, other].map((loop) => [loop.connectionId, loop.written()]),
  );
  // Who was erased where no webhook tells of it is missed by the next full pass, which is daily.
  const missing = states.filter(({ connection, id }) => written.get(connection)?.[id] === undefined);
  expect(missing.filter(({ connection }) => connection !== other.connectionId)).toEqual([]);
  expect(missing.length).toBeLessThanOrEqual(erasedADay);
  const differing = states.flatMap(({ connection, id, wanted }) => {
    const has = written.get(connection)?.[id];
    if (has === undefined) return [];
    return Object.entries(wanted)
      .filter(([field, value]) => !/mql_date/iu.test(field) && known(has[field]) !== known(textOf(value)))
      .map(([field, value]) => `${id}: ${field} is ${has[field]}, not ${String(value)}`);
  });
  expect(differing).toEqual([]);
}

function textOf(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** A checkbox that nobody has ticked is not there, and is false. */
function known(value: unknown): string {
  return value === undefined || value === null || value === false || value === 'false' ? '' : JSON.stringify(value);
}
