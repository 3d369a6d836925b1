import { testDatabase, type TestDatabase } from './database.ts';
import { type Loop, startLoop, startSalesforceLoop } from './loop.ts';
import { handsOf } from './loop-crm.ts';
import { salesforceHandsOf } from './loop-salesforce.ts';
import { type LoopState, stateOf } from './loop-state.ts';

/** Connections for daemons: small portals, the same for each of a kind. */
const kinds = ['hubspot', 'salesforce'] as const;
export const people = 10;
export const epoch = Date.now() - 3_600_000;

export interface Member {
  readonly kind: (typeof kinds)[number];
  readonly loop: Loop<{ readonly url: string }>;
  /** Something happens to the n-th person: the same in each portal of a kind. */
  readonly change: (n: number) => void;
}

async function startMember(db: TestDatabase, kind: Member['kind'], name: string): Promise<Member> {
  const options = { db, org: name, name: 'crm', push: 'auto' } as const;
  if (kind === 'hubspot') {
    const loop = await startLoop({ ...options, sandbox: { contacts: people, epoch } });
    const hands = handsOf(loop);
    const ids = hands.living().map(({ id }) => id);
    return {
      kind,
      loop,
      change: (n) => hands.edit(ids[n]!, { hs_analytics_num_visits: `${40 + n}`, jobtitle: 'Superintendent' }),
    };
  }
  const loop = await startSalesforceLoop({ ...options, sandbox: { leads: people, contacts: 4, epoch } });
  const hands = salesforceHandsOf(loop);
  const ids = hands.living('Lead').map(({ id }) => id);
  const change = (n: number): void => {
    const at = loop.crm.org.stamp();
    loop.crm.org.update(hands.row(ids[n]!), { Title: 'Superintendent' }, { by: 'somebody', at });
  };
  return { kind, loop, change };
}

/** So many, one of a kind after the other, each of an organisation of its own. */
export async function startMembers(
  db: TestDatabase,
  count: number,
  stack: Pick<AsyncDisposableStack, 'use'>,
): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (let n = 0; n < count; n += 1) {
    const member = await startMember(db, kinds[n % 2]!, `org-${n}`);
    stack.use(member.loop);
    members.push(member);
  }
  return members;
}

/** What an undisturbed sync before and after the changes comes to. */
async function undisturbed(kind: Member['kind']): Promise<LoopState> {
  await using db = await testDatabase();
  const member = await startMember(db, kind, 'undisturbed');
  await using loop = member.loop;
  await loop.sync();
  for (let n = 0; n < people; n += 1) member.change(n);
  await loop.sync();
  return await stateOf(loop);
}

export async function undisturbedOfAll(): Promise<ReadonlyMap<Member['kind'], LoopState>> {
  const states = new Map<Member['kind'], LoopState>();
  for (const kind of kinds) states.set(kind, await undisturbed(kind));
  return states;
}

export interface Run {
  readonly connection: string;
  readonly status: string;
  readonly tickAt: Date | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly code: string | null;
}

/** Syncs, oldest first. */
export const runsOf = (db: TestDatabase): Promise<Run[]> =>
  db.sql<Run>(`select connection_id as connection, status, tick_at as "tickAt", started_at as "startedAt", ended_at as "endedAt",
    failure->>'code' as code from sync_runs where kind = 'sync' order by started_at`);

export const finished = ({ status }: Run): boolean => status === 'succeeded' || status === 'partial';
