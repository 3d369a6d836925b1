import { erasedAmong } from '../db/queries/erased-addresses.ts';
import { addMissingSignups, saveSignups, type WrittenSignup } from '../db/queries/ingest-signups.ts';
import { fillFromHistory, type OlderSnapshot, saveUsage } from '../db/queries/ingest-usage.ts';
import type { Tx } from '../db/tx.ts';
import { ownDomain } from './own-domain.ts';
import type { Row } from './read-row.ts';
import type { RowOutcome, WriteTimes, Written } from './written.ts';

export async function writeSignups(tx: Tx, rows: readonly Row[], { now }: WriteTimes): Promise<Written> {
  const { allowed, outcomes } = await withoutErased(tx, rows);
  const signups = allowed.map(({ email, said }) => ({ email, ownDomain: ownDomain(email), said }));
  const written = await saveSignups(tx, signups, now);
  const places = new Map(allowed.map(({ email, place }) => [email, place]));
  for (const { email, isNew } of written) {
    const place = places.get(email);
    if (place !== undefined) outcomes.set(place, { outcome: isNew ? 'created' : 'updated' });
  }
  return {
    outcomes,
    developerIds: written.map(({ id }) => id),
    // One company has a signup less, the other one a signup more.
    domains: [
      ...new Set(
        written.filter(hasMoved).flatMap(({ domainBefore, domain }) => [domainBefore ?? [], domain ?? []].flat()),
      ),
    ],
  };
}

const hasMoved = ({ isNew, domainBefore, domain }: WrittenSignup): boolean => !isNew && domainBefore !== domain;

/** A snapshot that is older than this may be what a later one is compared with; see `fillFromHistory`. */
const historyMs = 26 * 86_400_000;

export async function writeUsage(tx: Tx, rows: readonly Row[], { now, seenAt }: WriteTimes): Promise<Written> {
  const { allowed, outcomes } = await withoutErased(tx, rows);
  await addMissingSignups(tx, firstSeen(allowed, seenAt));
  const snapshots = allowed.map(({ said, place }) => ({ ...said, n: place }));
  // What an undated row is held against may stand in the same batch.
  const dated = snapshots.filter(isDated);
  const written = [
    ...(await saveUsage(tx, dated, seenAt)),
    ...(await saveUsage(
      tx,
      snapshots.filter((snapshot) => !isDated(snapshot)),
      seenAt,
    )),
  ];
  const older = written.flatMap(({ n, developerId }): OlderSnapshot[] => {
    const row = rows[n] ?? {};
    const calls = row['api_calls_30d'];
    const at = instantOf(row, seenAt);
    const isHistory = Date.parse(at) <= now.getTime() - historyMs;
    return isHistory && typeof calls === 'number' ? [{ developerId, at }] : [];
  });
  const filled = await fillFromHistory(tx, older);
  for (const { n, outcome } of written) outcomes.set(n, { outcome });
  const developerIds = [...new Set([...written.map(({ developerId }) => developerId), ...filled])];
  return { outcomes, developerIds, domains: [] };
}

function isDated(snapshot: Row): boolean {
  return typeof snapshot['captured_at'] === 'string';
}

/** When a snapshot was so, in its own words where it says it. */
function instantOf({ captured_at: said }: Readonly<Record<string, unknown>>, seenAt: Date): string {
  return typeof said === 'string' ? said : seenAt.toISOString();
}

/** Whoever has usage has signed up by then. */
function firstSeen(rows: readonly Allowed[], seenAt: Date) {
  const seen = new Map<string, string>();
  for (const { email, said } of rows) {
    const at = instantOf(said, seenAt);
    const known = seen.get(email);
    if (known === undefined || at < known) seen.set(email, at);
  }
  return [...seen].map(([email, signup_date]) => ({ email, company_domain: ownDomain(email), signup_date }));
}

interface Allowed {
  readonly email: string;
  readonly said: Row;
  readonly place: number;
}

const erased: RowOutcome = {
  outcome: 'rejected',
  rejection: {
    field: 'email',
    code: 'erased',
    message: 'email belongs to somebody who was erased for privacy, and is not taken in again',
  },
};

async function withoutErased(tx: Tx, rows: readonly Row[]) {
  const named = rows.map((said, place): Allowed => ({ email: String(said['email']), said, place }));
  const gone = await erasedAmong(tx, [...new Set(named.map(({ email }) => email))]);
  const outcomes = new Map<number, RowOutcome>();
  for (const { email, place } of named) if (gone.has(email)) outcomes.set(place, erased);
  return { allowed: named.filter(({ email }) => !gone.has(email)), outcomes };
}
