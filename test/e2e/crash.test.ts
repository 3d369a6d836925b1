import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom, type Random } from '../../src/sandbox/server/random.ts';
import { startSync } from '../support/crash-sync.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { type Loop, type LoopOptions, startLoop, startSalesforceLoop } from '../support/loop.ts';
import { startProxy } from '../support/loop-proxy.ts';
import { differences, type LoopState, stateOf } from '../support/loop-state.ts';

/** Portals that are synchronised at the same time, each with an organisation of its own. */
const lanes = 2;
const name = 'acme-crm';
const epoch = Date.now() - 3_600_000;

type CrmLoop = Loop<{ readonly url: string }>;

/** A CRM that is the same for everybody, and where it hurts. */
interface Scene {
  readonly kind: string;
  readonly kills: number;
  readonly start: (options: LoopOptions) => Promise<CrmLoop>;
  readonly writing: RegExp;
  /** Calls with which lanes go on. */
  readonly goingOn: RegExp;
  /** About as many calls has a first sync. */
  readonly calls: number;
}

const scenes: readonly Scene[] = [
  {
    kind: 'HubSpot',
    kills: 52,
    start: (options) =>
      startLoop({ ...options, name, sandbox: { contacts: 230, epoch }, pull: { objects: ['forms', 'meetings'] } }),
    writing: /batch\/update/,
    goingOn: /\/(search|submissions)/,
    calls: 24,
  },
  {
    kind: 'Salesforce',
    kills: 32,
    start: (options) =>
      startSalesforceLoop({
        ...options,
        name,
        // More leads than go into one call, so that they go as a job; the contacts go by calls.
        massFrom: 150,
        sandbox: { leads: 225, contacts: 60, epoch, bulkPolls: 0 },
        pull: { objects: ['CampaignMember', 'Task'] },
      }),
    writing: /\/composite\/sobjects|\/jobs\/ingest/,
    goingOn: /\/(queryAll|updated|results)/,
    calls: 50,
  },
];

/** Where a process died, as database and CRM tell. */
type Moment =
  | 'before the first call'
  | 'while reading'
  | 'while storing'
  | 'between two steps'
  | 'while a write was on its way'
  | 'after a write, before it was settled';

/** That a test has to have met. */
const moments: readonly Moment[] = [
  'while reading',
  'while storing',
  'while a write was on its way',
  'after a write, before it was settled',
];

/** When to kill: some milliseconds after the n-th call that fits, as it leaves or as its answer leaves the CRM. */
interface Trigger {
  readonly path: RegExp;
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly delayMs: number;
}

function draw(random: Random, { writing, goingOn, calls }: Scene): Trigger {
  const when = random.next() < 0.5 ? 'before' : 'after';
  const delayMs = random.next() < 0.4 ? 0 : Math.floor(random.next() * 250);
  const share = random.next();
  if (share < 0.08) return { path: /./, nth: 1, when, delayMs: 0 };
  const nth = 1 + Math.floor(random.next() * 6);
  // While the call is on its way, for certain.
  if (share < 0.18) return { path: goingOn, nth, when: 'before', delayMs: 0 };
  if (share < 0.38) return { path: writing, nth: Math.ceil(nth / 2), when, delayMs };
  if (share < 0.5) return { path: goingOn, nth, when, delayMs };
  return { path: /./, nth: 1 + Math.floor(random.next() * calls), when, delayMs };
}

interface Killed {
  readonly moment: Moment;
}

async function momentOf(
  db: TestDatabase,
  loop: CrmLoop,
  killed: { openTransactions: number; calls: number; inFlight: number },
): Promise<Moment> {
  const [row] = await db.sql<{ doubtful: number }>(
    `select count(*)::int as doubtful from push_states where org_id = $1 and state = 'claimed'`,
    [loop.orgId],
  );
  if (killed.calls === 0) return 'before the first call';
  if (row!.doubtful > 0)
    return killed.inFlight > 0 ? 'while a write was on its way' : 'after a write, before it was settled';
  if (killed.openTransactions > 0) return 'while storing';
  return killed.inFlight > 0 ? 'while reading' : 'between two steps';
}

/** Synchronises one portal to the end, killing on the way. */
async function disturbedRound(
  db: TestDatabase,
  scene: Scene,
  round: { readonly org: string; readonly home: string; readonly random: Random; readonly enough: () => boolean },
  reference: LoopState,
): Promise<Killed[]> {
  const { org, home, random } = round;
  await using loop = await scene.start({ db, org });
  let calls = 0;
  let inFlight = 0;
  let strike: (path: string, when: 'before' | 'after') => void = () => undefined;
  await using proxy = await startProxy(loop.crm.url, {
    before(path) {
      inFlight += 1;
      strike(path, 'before');
    },
    after(path) {
      inFlight -= 1;
      calls += 1;
      strike(path, 'after');
    },
  });
  await db.sql('update connections set base_url = $2 where id = $1', [loop.connectionId, proxy.url]);

  const kills: Killed[] = [];
  for (let attempt = 0; ; attempt += 1) {
    const process = startSync(db, { connection: `${org}/${name}`, home, name: `${org}-${attempt}` });
    let killing: Promise<void> = Promise.resolve();
    calls = 0;
    inFlight = 0;
    if (round.enough()) strike = () => undefined;
    else {
      const trigger = draw(random, scene);
      let seen = 0;
      strike = (path, when) => {
        if (when !== trigger.when || !trigger.path.test(path)) return;
        seen += 1;
        if (seen !== trigger.nth) return;
        strike = () => undefined;
        setTimeout(() => {
          const atKill = { calls, inFlight };
          killing = (async () => {
            const { wasRunning, openTransactions } = await process.kill();
            if (wasRunning) kills.push({ moment: await momentOf(db, loop, { openTransactions, ...atKill }) });
          })();
        }, trigger.delayMs);
      };
    }
    const code = await process.ended;
    await killing;
    if (code === null) continue;
    expect({ code, output: code === 0 ? '' : process.output() }).toEqual({ code: 0, output: '' });
    break;
  }
  await db.sql('update connections set base_url = $2 where id = $1', [loop.connectionId, loop.crm.url]);
  await rest(loop);
  expect(differences(await stateOf(loop), reference)).toEqual([]);
  await expectHonestLedger(loop);
  return kills;
}

/** Twice more: the first reads the echo. */
async function rest(loop: CrmLoop): Promise<void> {
  expect((await loop.sync()).status).toBe('succeeded');
  const last = await loop.sync();
  expect(last).toMatchObject({ status: 'succeeded', counts: { changed: 0, pushed: 0, transitions: 0 } });
}

/** Every value that is in the CRM was written down before; what nobody settled belongs to a run that was killed. */
async function expectHonestLedger(loop: CrmLoop): Promise<void> {
  const { db, orgId } = loop;
  const written = await db.sql<{ key: string }>(
    `select external_id || ' ' || field || ' ' || coalesce(after #>> '{}', '') as key from push_ledger
     where org_id = $1 and (outcome = 'applied' or outcome is null)`,
    [orgId],
  );
  const known = new Set(written.map(({ key }) => key));
  const unexplained = Object.entries(loop.written()).flatMap(([id, fields]) =>
    Object.entries(fields)
      .filter(([, value]) => value !== '' && value !== 'a date')
      .map(([field, value]) => `${id} ${field} ${value}`)
      .filter((key) => !known.has(key)),
  );
  expect(unexplained).toEqual([]);
  const doubtful = await db.sql(
    `select distinct r.status, r.failure->>'code' as code from push_ledger l join sync_runs r on r.id = l.run_id
     where l.org_id = $1 and l.outcome is null`,
    [orgId],
  );
  expect(doubtful.filter((run) => JSON.stringify(run) !== '{"status":"cancelled","code":"interrupted"}')).toEqual([]);
}

test.each(scenes)(
  'killed at any moment and started again, a sync of $kind ends where an undisturbed one ends',
  async (scene) => {
    const home = await mkdtemp(join(tmpdir(), 'leadloop-crash-'));
    try {
      await using undisturbed = await scene.start({});
      expect((await undisturbed.sync()).status).toBe('succeeded');
      await rest(undisturbed);
      const reference = await stateOf(undisturbed);
      expect(reference.pushes.length).toBeGreaterThan(200);

      await using db = await testDatabase();
      const kills: Killed[] = [];
      // Where a kill lands is a matter of milliseconds: it goes on until each moment was met, within bounds.
      const isOver = (): boolean =>
        kills.length >= scene.kills * 3 ||
        (kills.length >= scene.kills && moments.every((one) => kills.some(({ moment }) => moment === one)));
      const workLane = async (lane: number): Promise<void> => {
        for (let round = 0; !isOver(); round += 1) {
          const random = seededRandom(1_000 * lane + round);
          let mine = 0;
          const enough = (): boolean => {
            mine += 1;
            return mine > 7 || isOver();
          };
          kills.push(
            ...(await disturbedRound(db, scene, { org: `org-${lane}-${round}`, home, random, enough }, reference)),
          );
        }
      };
      await Promise.all(Array.from({ length: lanes }, (_, lane) => workLane(lane)));

      expect(kills.length).toBeGreaterThanOrEqual(scene.kills);
      expect(kills.map(({ moment }) => moment)).toEqual(expect.arrayContaining([...moments]));
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
);
