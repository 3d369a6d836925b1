/** How long somebody waits for each page of the console in an organisation of very many leads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { plainSync } from '../../src/sync/options.ts';
import { syncConnection } from '../../src/sync/sync-connection.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { type Ask, type Shown, type ShownPage, shownPages } from './console-pages.ts';
import { makeOrg, type OrgSize } from './made-org.ts';
import { addConnection, type BenchServer, openSession, type Scene, servicesOf, startCrm } from './scene.ts';

export interface ConsoleSpeed extends OrgSize {
  /** The least that a request costs: who asks is looked up, one row is read. Milliseconds. */
  readonly floor: Spread;
  readonly pages: readonly PageTime[];
}

interface Spread {
  readonly p50: number;
  readonly p95: number;
}

export interface PageTime extends Spread {
  readonly page: string;
  /** By an API that has kept nothing of an earlier answer; everything was asked for once before, of another one. */
  readonly firstMs: number;
  /** Which request it was that took longest, where a page makes several. */
  readonly slowest: string;
}

/** Milliseconds. Nobody waits longer for a page. */
export const boundMs = 200;
const repeats = 20;
const settleMs = 20_000;
/** In the sandbox: they are synced for real, and all others are made after their likeness. */
const realPeople = 500;

export async function measureConsole(
  server: BenchServer,
  size: OrgSize,
  say: (line: string) => void,
): Promise<ConsoleSpeed> {
  await using crm = await startCrm('hubspot', realPeople);
  await using scene = await server.database();
  const connectionId = await addConnection(scene, crm);
  say(`console: a sync of ${realPeople} people`);
  await syncOnce(scene);
  // An automatic push is held where it would change much: all that was ever written has to be counted for that.
  await scene.client.query(
    `update connections set push_policy = push_policy || '{"blastRadius": {"records": 500, "share": 0.1}}'`,
  );
  await makeOrg(scene, size, { connectionId, say });
  return { ...size, ...(await measurePages(scene, say)) };
}

async function syncOnce({ database, orgId }: Scene): Promise<void> {
  await using session = await openSession(database, orgId);
  const { failure } = await syncConnection(session, {
    ...plainSync,
    acceptMissing: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  if (failure !== null) throw new Error(`the sync failed: ${failure.message}`);
}

async function measurePages(scene: Scene, say: (line: string) => void): Promise<Pick<ConsoleSpeed, 'floor' | 'pages'>> {
  await using first = await openConsole(scene);
  const all = shownPages(await whatIsShown(scene, first));
  say('console: every page once');
  for (const { asks } of all) await Promise.all(asks.map(first.ask));
  // What is counted behind their backs, and what the database has to tidy up after so many new rows.
  await sleep(settleMs);
  const pages: PageTime[] = [];
  const floors: number[] = [];
  for (const shown of all) {
    say(`console: ${shown.page}`);
    await using console = await openConsole(scene);
    pages.push(await measurePage(console, shown));
    for (let time = 0; time < repeats / 4; time += 1) floors.push((await console.ask(floorAsk)).ms);
  }
  return { floor: spreadOf(floors), pages };
}

const floorAsk: Ask = { method: 'GET', path: '' };

interface OpenConsole extends AsyncDisposable {
  readonly ask: (what: Ask) => Promise<{ readonly ms: number; readonly body: unknown }>;
}

/** A process that has just started, and an admin who is signed in. */
async function openConsole({ database, orgId }: Scene): Promise<OpenConsole> {
  const open: TestConsole = await startConsole(servicesOf(database));
  const { token } = await open.signedIn(orgId, 'admin');
  const headers = { cookie: `leadloop=${token}`, origin: new URL(open.url).origin };
  const ask: OpenConsole['ask'] = async ({ method, path, body }) => {
    const start = performance.now();
    const address = path === '' ? '/session' : `/orgs/bench${path}`;
    const answer = await fetch(`${open.url}/api/v1${address}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const ms = performance.now() - start;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text} ${open.said.join(' ')}`);
    return { ms, body: JSON.parse(text) as unknown };
  };
  // The first request of a process loads what every other one uses.
  await ask(floorAsk);
  return { ask, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}

async function measurePage({ ask }: OpenConsole, { page, asks }: ShownPage): Promise<PageTime> {
  const show = async (): Promise<{ readonly ms: number; readonly slowest: string }> => {
    const start = performance.now();
    const answers = await Promise.all(asks.map(async (one) => ({ ...(await ask(one)), path: one.path })));
    const ms = performance.now() - start;
    return { ms, slowest: answers.reduce((most, one) => (one.ms > most.ms ? one : most)).path };
  };
  const { ms: firstMs, slowest } = await show();
  const times: number[] = [];
  for (let time = 0; time < repeats; time += 1) times.push((await show()).ms);
  return { page, firstMs, slowest, ...spreadOf(times) };
}

function spreadOf(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Looks up what the addresses of pages need, as somebody who has come there by a link. */
async function whatIsShown({ client }: Scene, { ask }: OpenConsole): Promise<Shown> {
  const read = async <Answer>(path: string): Promise<Answer> => (await ask({ method: 'GET', path })).body as Answer;
  const one = async (text: string): Promise<string> => (await client.query<{ id: string }>(text)).rows[0]!.id;
  const { runs } = await read<{ runs: readonly { readonly id: string }[] }>('/runs?looks=true');
  const { kinds } = await read<{ kinds: readonly Shown['kind'][] }>('/rejected');
  const { name, object, stage, code, field } = kinds[0]!;
  const { definition } = await read<{ definition: object }>('/connections/crm/mapping');
  return {
    lead: await one(`select lead_id as id from source_records where object = 'contacts' and lead_id is not null
      order by external_id desc limit 1`),
    waiting: await one(`select lead_id as id from push_states where state = 'pending' limit 1`),
    signup: await one(`select lead_id as id from developer_signups order by id limit 1`),
    run: runs[0]!.id,
    mapping: definition,
    mql: (await read<{ profile: object }>('/profiles/mql')).profile,
    plg: (await read<{ profile: object }>('/profiles/plg')).profile,
    kind: { name, object, stage, code, field },
  };
}
